import type { Clock } from '../clock.ts';
import { propertyOf, textOf, type UcwaError } from './body.ts';
import type { ChannelEvent } from './events.ts';
import { GuestFailure } from './failure.ts';
import { reasonOfSubcode } from './reason.ts';
import { linkOf } from './resource.ts';
import type { PlatformAnswer } from './platformHttp.ts';

interface JoiningParts {
  /** Sends the join, once. */
  readonly post: (body: JoinBody) => Promise<PlatformAnswer>;
  readonly onlineMeetingUri: string;
  readonly displayName: string;
  readonly resolve: (href: string) => string;
  readonly clock: Clock;
  readonly onLobby: () => void;
  readonly onJoined: () => void;
  /** It has failed in another way than by an event. */
  readonly onFailure: (failure: unknown) => void;
  /** The conversation of an earlier join, whose end is no news. */
  readonly past?: string | undefined;
}

/** Of `joinOnlineMeeting` (docs/protocol/ucwa.md §3.2). */
export interface JoinBody {
  readonly anonymousDisplayName: string;
  /** Without it the guest would join a new meeting of its own. */
  readonly onlineMeetingUri: string;
  /** By which events tell whose they are. */
  readonly operationId: string;
}

/** How long the events may still tell what became of a join whose answer does not. */
const graceMs = 10_000;

/**
 * One join: sent once, while its outcome comes by the event channel, perhaps before the answer. Only the completed invitation
 * says that the guest is in (§3.3).
 */
export class Joining {
  readonly #parts: JoiningParts;
  readonly #operationId = crypto.randomUUID();
  #state: 'connecting' | 'lobby' | 'joined' | 'ended' = 'connecting';
  /** Of the invitation, once it is known. */
  #href: string | undefined;
  #isAnswered = false;
  /** Events of an invitation that does not say whose it is. */
  #held: ChannelEvent[] = [];
  #conversation: string | undefined;
  #stopWaiting = (): void => undefined;

  constructor(parts: JoiningParts) {
    this.#parts = parts;
  }

  /** Where the conversation is, once that is known. */
  get conversation(): string | undefined {
    return this.#conversation;
  }

  /** Sends the join. */
  async begin(): Promise<void> {
    const { post, displayName: anonymousDisplayName, onlineMeetingUri, resolve, onFailure } = this.#parts;
    try {
      const { location } = await post({ anonymousDisplayName, onlineMeetingUri, operationId: this.#operationId });
      this.#isAnswered = true;
      this.#href ??= location === undefined ? undefined : resolve(location);
      this.#takeHeld();
    } catch (error) {
      if (error instanceof GuestFailure && mayHaveBeenCarriedOut(error)) this.#waitForEvents(error);
      else onFailure(error);
    }
  }

  /** An event of the application's channel; throws {@link GuestFailure} if the guest does not get in, or no longer is. */
  take(event: ChannelEvent): void {
    if (event.rel === 'onlineMeetingInvitation') this.#takeInvitation(event);
    if (event.rel === 'conversation') this.#takeConversation(event);
  }

  /** Nothing is waited for any more. */
  end(): void {
    this.#state = 'ended';
    this.#stopWaiting();
  }

  #takeInvitation(event: ChannelEvent): void {
    const isOurs = this.#isOurs(event);
    if (isOurs === undefined) this.#held.push(event);
    if (!isOurs) return;
    this.#stopWaiting();
    this.#href ??= event.href === undefined ? undefined : this.#parts.resolve(event.href);
    const conversation = linkOf(event.resource, 'conversation');
    if (conversation !== undefined) this.#conversation = this.#parts.resolve(conversation);
    if (event.type === 'completed') this.#complete(event);
    this.#takeHeld();
  }

  /** Undefined as long as that cannot be known. */
  #isOurs({ href, resource }: ChannelEvent): boolean | undefined {
    const operationId = textOf(propertyOf(resource, 'operationId'));
    if (operationId !== undefined) return operationId === this.#operationId;
    if (this.#href !== undefined && href !== undefined) return this.#parts.resolve(href) === this.#href;
    // A page may not be let see where the invitation is; an application has no other of its own.
    return this.#isAnswered || undefined;
  }

  #takeHeld(): void {
    for (const event of this.#held.splice(0)) this.#takeInvitation(event);
  }

  #complete({ status, resource, reason }: ChannelEvent): void {
    const hasSucceeded = status === undefined ? propertyOf(resource, 'state') === 'Connected' : status === 'Success';
    if (!hasSucceeded) throw this.#failure(reason);
    this.#state = 'joined';
    this.#parts.onJoined();
  }

  #takeConversation({ href, type, reason, resource }: ChannelEvent): void {
    if (href !== undefined && !this.#mayBeOurs(this.#parts.resolve(href))) return;
    const state = propertyOf(resource, 'state');
    if (type === 'deleted' || state === 'Disconnected') throw this.#failure(reason);
    if (state !== 'InLobby' || this.#state !== 'connecting') return;
    this.#state = 'lobby';
    this.#stopWaiting();
    this.#parts.onLobby();
  }

  #mayBeOurs(conversation: string): boolean {
    return this.#conversation === undefined ? conversation !== this.#parts.past : conversation === this.#conversation;
  }

  #failure(error: UcwaError): GuestFailure {
    const reason = reasonOfSubcode(error.subcode, { inLobby: this.#state === 'lobby' });
    return new GuestFailure(reason, { refusal: error });
  }

  #waitForEvents(failure: GuestFailure): void {
    if (this.#state !== 'connecting') return;
    const { clock, onFailure } = this.#parts;
    this.#stopWaiting = clock.after(graceMs, () => {
      onFailure(failure);
    });
  }
}

/** No answer, or one that says nothing of it: the request is not sent again, since the first may have been carried out. */
function mayHaveBeenCarriedOut({ remedy, repeatable, refusal: { status = 500 } }: GuestFailure): boolean {
  return remedy === 'anew' && !repeatable && (status >= 500 || status === 408);
}
