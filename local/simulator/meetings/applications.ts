import type { Clock } from '../../clock.ts';
import type { Answer } from '../http/exchange.ts';
import { GuestApplication, type ApplicationDetails } from './application.ts';
import type { Meetings } from './meetings.ts';
import { ucwaError } from '../http/ucwaAnswers.ts';

/** The running applications of guests, on both platforms. */
export class GuestApplications {
  readonly #clock: Clock;
  readonly #meetings: Meetings;
  readonly #running = new Map<string, GuestApplication>();

  constructor(clock: Clock, meetings: Meetings) {
    this.#clock = clock;
    this.#meetings = meetings;
  }

  /** How many are running. */
  get count(): number {
    return this.#running.size;
  }

  /** A running application. */
  find(id: string, host: string): GuestApplication | undefined {
    const application = this.#running.get(id);
    return application?.details.host === host ? application : undefined;
  }

  /**
   * Creates an application; or finds the one of the same client, if that has named its instance before (ucwa.md §3.1).
   */
  open(details: ApplicationDetails): { application: GuestApplication; isNew: boolean } {
    const known = details.instanceId === undefined ? undefined : this.#sameInstance(details);
    if (known) return { application: known, isNew: false };
    const application = new GuestApplication(details, this.#clock, this.#meetings.behaviour.eventsQuery);
    this.#running.set(application.id, application);
    this.#watch(application);
    return { application, isNew: true };
  }

  /** Ends an application: its guest leaves. */
  end(application: GuestApplication): void {
    this.#running.delete(application.id);
    application.end(this.notFound());
  }

  /** Ends all of them, as a restart of the server does. */
  endAll(): void {
    for (const application of this.#running.values()) this.end(application);
  }

  /** The answer about an application that is not running. */
  notFound(): Answer {
    const { gone } = this.#meetings.behaviour;
    return gone === undefined ? ucwaError(404, 'ApplicationNotFound') : ucwaError(410, gone);
  }

  #sameInstance(wanted: ApplicationDetails): GuestApplication | undefined {
    const same = ['host', 'culture', 'userAgent', 'endpointId', 'instanceId'] as const;
    return [...this.#running.values()].find(
      ({ details }) =>
        details.guest.endpoint === wanted.guest.endpoint && same.every((name) => details[name] === wanted[name]),
    );
  }

  /** Checks now, and again when it may have been without a poll for too long (ucwa.md §3.4, ucwa.md §3.5). */
  #watch(application: GuestApplication): void {
    if (application.isEnded) return;
    const { absenceSeconds, expirySeconds } = this.#meetings.behaviour;
    const now = this.#clock.now();
    const since = application.channel.idleSince ?? now;
    if (now - since >= expirySeconds * 1000) {
      this.end(application);
      return;
    }
    if (now - since >= absenceSeconds * 1000 && !application.hasLapsed(since)) application.lapse(since);
    const absentAt = (application.hasLapsed(since) ? now : since) + absenceSeconds * 1000;
    this.#clock.at(Math.min(absentAt, since + expirySeconds * 1000), () => {
      this.#watch(application);
    });
  }
}
