import { randomInt } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Answer } from '../http/exchange.ts';
import { EventChannel } from './eventChannel.ts';
import type { Guest } from './guest.ts';
import type { Stay } from './stay.ts';

/** What an application is created with. */
export interface ApplicationDetails {
  /** The only host that knows it. */
  readonly host: string;
  /** The path that it is created at. */
  readonly applicationsPath: string;
  readonly guest: Guest;
  readonly culture: string;
  readonly userAgent: string;
  readonly endpointId: string;
  readonly instanceId: string | undefined;
  /** Its guest's name, if it was told already. */
  readonly displayName: string | undefined;
}

/** A guest's application: its event channel, and the meetings that it has joined. */
export class GuestApplication {
  readonly id: string;
  readonly details: ApplicationDetails;
  readonly channel: EventChannel;
  /** Every join that was ever begun, by the id that its invitation and its conversation have in common. */
  readonly conversations = new Map<string, Stay>();
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

  /** Whether it was found absent already, in the absence that began then. @param since milliseconds since the epoch */
  hasLapsed(since: number): boolean {
    return this.#lapsedSince === since;
  }

  /** Its client has been away for long: conversations are closed, and what it was not told by now it never is. */
  lapse(since: number): void {
    this.#lapsedSince = since;
    for (const conversation of this.conversations.values()) conversation.close();
    this.channel.lapse();
  }

  /** Leaves every meeting; polls are answered with this from now on. */
  end(answer: Answer): void {
    this.#isEnded = true;
    for (const conversation of this.conversations.values()) conversation.close();
    this.channel.end(answer);
  }
}
