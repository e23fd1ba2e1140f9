import type { Clock } from '../../clock.ts';
import { jsonAnswer, type Answer } from '../http/exchange.ts';
import { eventPackage, linksOf, type UcwaEvent } from './events.ts';
import type { Poll, Timing } from './requests.ts';
import { ucwaError } from '../http/ucwaAnswers.ts';

interface WaitingPoll {
  priority: number;
  answer: (answer: Answer) => void;
}

interface Acknowledgement {
  ack: number;
  given: () => void;
}

const usualTiming: Timing = { timeout: 180, medium: 5, low: 15 };

/**
 * The event channel of one application (ucwa.md §3.4): a link with `ack=N` acknowledges all packages before N and asks
 * for package N. Each event is sent once; a package whose answer was lost is sent again to who asks for it again.
 */
export class EventChannel {
  readonly #clock: Clock;
  readonly #href: (ack: number) => string;
  /** The package that is being filled. */
  #ack = 1;
  #pending: UcwaEvent[] = [];
  /** When the pending events are to be sent. */
  #dueAt = Infinity;
  /** The package before: sent, and not acknowledged yet. */
  #unacknowledged: unknown;
  #acknowledgements: Acknowledgement[] = [];
  #timing = { ...usualTiming };
  #waiting: WaitingPoll | undefined;
  #releasedAt: number;
  #resumes = false;
  #ended: Answer | undefined;

  /** @param href of the link that asks for a package */
  constructor(clock: Clock, href: (ack: number) => string) {
    this.#clock = clock;
    this.#href = href;
    this.#releasedAt = clock.now();
  }

  /** Where a client starts: what it has not acknowledged. */
  get link(): string {
    return this.#href(this.#unacknowledged === undefined ? this.#ack : this.#ack - 1);
  }

  /** Since when nobody polls, in milliseconds since the epoch; undefined while somebody does. */
  get idleSince(): number | undefined {
    return this.#waiting ? undefined : this.#releasedAt;
  }

  /** Events of one moment go together. @param urgent false: may wait as long as events of medium urgency do */
  push(event: UcwaEvent, { urgent = true } = {}): void {
    if (this.#ended) return;
    this.#pending.push(event);
    const dueAt = this.#clock.now() + (urgent ? 0 : this.#timing.medium * 1000);
    if (dueAt >= this.#dueAt) return;
    this.#dueAt = dueAt;
    const settle = () => {
      this.#settle();
    };
    if (urgent) setImmediate(settle);
    else this.#clock.at(dueAt, settle);
  }

  /** Answers a poll when there are events to send, or else when its time is up. */
  poll({ ack, priority, timing }: Poll, gone: AbortSignal): Answer | Promise<Answer> {
    if (this.#ended) return this.#ended;
    const isRepeated = ack === this.#ack - 1 && this.#unacknowledged !== undefined;
    if (ack !== this.#ack && !isRepeated) return linkAnswer({ resync: this.link });
    if (this.#waiting && priority < this.#waiting.priority) return replaced;
    Object.assign(this.#timing, timing);
    this.#waiting?.answer(replaced);
    this.#releasedAt = this.#clock.now();
    if (isRepeated) return jsonAnswer(200, this.#unacknowledged);

    this.#acknowledge();
    if (this.#resumes) {
      this.#resumes = false;
      return linkAnswer({ self: this.#href(ack), resume: this.#href(ack) });
    }
    return this.#wait(priority, gone);
  }

  /** Resolves when the client has acknowledged what is pending now; at once if it does not poll. */
  acknowledged(): Promise<void> {
    if (!this.#waiting) return Promise.resolve();
    return new Promise((given) => this.#acknowledgements.push({ ack: this.#ack, given }));
  }

  /**
   * The client was away for long: events that it has not read and its timing are lost. The next poll is answered
   * `resume`.
   */
  lapse(): void {
    this.#pending = [];
    this.#dueAt = Infinity;
    this.#timing = { ...usualTiming };
    this.#resumes = true;
  }

  /** Answers every poll, waiting or to come, with this. */
  end(answer: Answer): void {
    this.#ended = answer;
    this.#waiting?.answer(answer);
    for (const { given } of this.#acknowledgements.splice(0)) given();
  }

  #acknowledge(): void {
    this.#unacknowledged = undefined;
    for (const { given } of this.#acknowledgements.filter(({ ack }) => ack < this.#ack)) given();
    this.#acknowledgements = this.#acknowledgements.filter(({ ack }) => ack >= this.#ack);
  }

  #wait(priority: number, gone: AbortSignal): Promise<Answer> {
    return new Promise((resolve) => {
      const poll: WaitingPoll = {
        priority,
        answer: (answer) => {
          cancelTimeout();
          gone.removeEventListener('abort', leave);
          this.#waiting = undefined;
          this.#releasedAt = this.#clock.now();
          resolve(answer);
        },
      };
      const leave = () => {
        poll.answer(replaced);
      };
      const cancelTimeout = this.#clock.at(this.#clock.now() + this.#timing.timeout * 1000, () => {
        this.#release();
      });
      gone.addEventListener('abort', leave);
      this.#waiting = poll;
      this.#settle();
    });
  }

  /** Sends the events that are due, if a poll waits for them. */
  #settle(): void {
    if (this.#waiting && this.#pending.length > 0 && this.#dueAt <= this.#clock.now()) this.#release();
  }

  /** Sends the pending events, or a package without events. */
  #release(): void {
    const links = { self: this.#href(this.#ack), next: this.#href(this.#ack + 1) };
    const sent = eventPackage(links, this.#pending);
    this.#unacknowledged = sent;
    this.#pending = [];
    this.#dueAt = Infinity;
    this.#ack += 1;
    this.#waiting?.answer(jsonAnswer(200, sent));
  }
}

const replaced = ucwaError(409, 'PGetReplaced');

function linkAnswer(hrefs: Record<string, string>): Answer {
  return jsonAnswer(200, { _links: linksOf(hrefs) });
}
