import type { Clock } from '../clock.ts';
import type { ChannelEvent } from './eventChannel.ts';
import { GuestFailure, reasonOfSubcode, type Refusal } from './failure.ts';
import type { PlatformAnswer } from './platformHttp.ts';
import { linkOf, propertyOf, textOf } from './resource.ts';

interface JoiningParts {
  /** Sends the join, once. */
  readonly post: (body: JoinBody) => Promise<PlatformAnswer>;
  readonly onlineMeetingUri: string;
  readonly displayName: string;
  readonly resolve: (href: string) => string;
  readonly clock: Clock;
  readonly onLobby: () => void;
  readonly onJoined: () => void;
  /** The join has failed in another way than by an event. */
  readonly onFailure: (failure: unknown) => void;
  /** The conversation of an earlier join, whose end is ignored. */
  readonly past?: string | undefined;
}

/** The body of `joinOnlineMeeting` (docs/protocol/ucwa.md §3.2). */
interface JoinBody {
  readonly anonymousDisplayName: string;
  /** Without it the guest would join a new meeting of its own. */
  readonly onlineMeetingUri: string;
  /** The events of this join repeat it. */
  readonly operationId: string;
}

/** How long to wait for the events of a join whose answer was lost. */
const graceMs = 10_000;

/**
 * One join. The request is sent once; its outcome comes by the event channel, perhaps before the answer. Only the completed
 * invitation says that the guest is in the meeting (docs/protocol/ucwa.md §3.3).
 */
export class Joining {
  readonly #parts: JoiningParts;
  readonly #operationId = crypto.randomUUID();
  #state: 'connecting' | 'lobby' | 'joined' | 'ended' = 'connecting';
  /** The invitation's URL, once it is known. */
  #href: string | undefined;
  #isAnswered = false;
  /** Events of invitations of which it is not known yet whether they are ours. */
  #held: ChannelEvent[] = [];
  #conversation: string | undefined;
  #stopWaiting = (): void => undefined;

  constructor(parts: JoiningParts) {
    this.#parts = parts;
  }

  /** The conversation's URL, once it is known. */
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

  /** Takes an event of the channel; throws {@link GuestFailure} if it says that the guest does not get in, or was removed. */
  take(event: ChannelEvent): void {
    if (event.rel === 'onlineMeetingInvitation') this.#takeInvitation(event);
    if (event.rel === 'conversation') this.#takeConversation(event);
  }

  /** Stops waiting for events. */
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

  /** Undefined as long as it is not known. */
  #isOurs({ href, resource }: ChannelEvent): boolean | undefined {
    const operationId = textOf(propertyOf(resource, 'operationId'));
    if (operationId !== undefined) return operationId === this.#operationId;
    if (this.#href !== undefined && href !== undefined) return this.#parts.resolve(href) === this.#href;
    // A page may not see the Location of the invitation; an application has no other one.
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

  #failure(error: Refusal): GuestFailure {
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

/** There was no answer, or one that does not say it: the request is not sent again, because it may have been carried out. */
function mayHaveBeenCarriedOut({ remedy, repeatable, refusal: { status = 500 } }: GuestFailure): boolean {
  return remedy === 'anew' && !repeatable && (status >= 500 || status === 408);
}
