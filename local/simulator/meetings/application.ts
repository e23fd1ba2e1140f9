import { createHash, randomInt } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Answer } from '../http/exchange.ts';
import { EventChannel } from './eventChannel.ts';
import type { Participant } from './participant.ts';
import type { JoinRequest, RequestedApplication } from './requests.ts';

/** What an application is created with. */
export interface ApplicationDetails extends RequestedApplication {
  /** The only host that knows it. */
  readonly host: string;
  /** The path that it is created at. */
  readonly applicationsPath: string;
  readonly guest: Guest;
}

/** A guest's application: its event channel, and the meetings that it has joined. */
export class GuestApplication {
  readonly id: string;
  readonly details: ApplicationDetails;
  readonly channel: EventChannel;
  /** Every join that was ever begun, by the id that its invitation and its conversation have in common. */
  readonly conversations = new Map<string, Conversation>();
  #lapsedSince: number | undefined;
  #isEnded = false;

  /** @param eventsQuery other parameters of the links to the event channel */
  constructor(details: ApplicationDetails, clock: Clock, eventsQuery: string) {
    // Eleven or twelve digits, as captured.
    this.id = String(randomInt(10 ** 10, 10 ** 12));
    this.details = details;
    const more = eventsQuery === '' ? '' : `&${eventsQuery}`;
    this.channel = new EventChannel(clock, (ack) => `${this.self}/events?ack=${ack}${more}`);
  }

  /** Its path; every link below it is relative to the host. */
  get self(): string {
    return `${this.details.applicationsPath}/${this.id}`;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Whether `lapse` was called for the absence that began then. @param since milliseconds since the epoch */
  hasLapsed(since: number): boolean {
    return this.#lapsedSince === since;
  }

  /** Its client has been away for long: conversations are closed, and events that it has not read are lost. */
  lapse(since: number): void {
    this.#lapsedSince = since;
    for (const conversation of this.conversations.values()) conversation.close();
    this.channel.lapse();
  }

  /** Leaves every meeting. From now on, polls are answered with this. */
  end(answer: Answer): void {
    this.#isEnded = true;
    for (const conversation of this.conversations.values()) conversation.close();
    this.channel.end(answer);
  }
}

/** Who a token proves its bearer to be. */
export interface Guest {
  /** Names the participant: the same value again is the same one. */
  readonly endpoint: string;
  /** The only meeting that it may join; none for the bearer of another kind of token. */
  readonly conferenceUri: string | undefined;
}

/** What others see of an endpoint: a SIP URI, which does not reveal the session id. */
export function participantUri(endpoint: string): string {
  if (endpoint.startsWith('sip:')) return endpoint;
  const digits = createHash('sha256').update(endpoint).digest().readUIntBE(0, 5);
  return `sip:${digits}@anonymous.invalid`;
}

/**
 * One join and what came of it, as resources show it: an invitation, and the conversation that it led to (ucwa.md
 * ucwa.md §3.3).
 */
export interface Conversation {
  /** The path of the conversation. */
  readonly self: string;
  /** The path of the invitation. */
  readonly invitation: string;
  readonly conferenceUri: string;
  /** The guest's. */
  readonly endpoint: string;
  readonly request: JoinRequest;
  /** The state of the invitation. */
  readonly outcome: 'Connecting' | 'Connected' | 'Failed';
  /** The state of the conversation. */
  readonly state: 'Connecting' | 'InLobby' | 'Conferenced' | 'Disconnected';
  /** The participants that this guest may see: nobody while it is not connected itself. */
  readonly participants: readonly Participant[];
  /** Leaves by the guest's own will. */
  close(): void;
}
