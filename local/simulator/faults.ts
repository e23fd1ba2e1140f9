import { services, type Operation, type Service } from './operations.ts';

/** How an operation misbehaves. The parts combine: a delayed 503, a slow answer cut in the middle. */
export interface Fault {
  /** The number of faulty calls after which the fault ends. Without it, the fault stays until it is cleared. */
  times?: number | undefined;
  /** The part of calls that are faulty, 0 to 1, evenly spread: 0.5 is every second call. Default: all. */
  share?: number | undefined;
  /** Real milliseconds to wait before anything else. */
  delayMs?: number | undefined;
  /**
   * Answer this status, in the service's own words for it unless `body` is given, and do not carry the operation out.
   */
  status?: number | undefined;
  /** Added to the answer, over headers of the same name. */
  headers?: Record<string, string> | undefined;
  /** Replaces the body of the answer. */
  body?: string | undefined;
  contentType?: string | undefined;
  /** The operation is carried out, then the connection is destroyed: its answer is lost, wholly or from its middle. */
  cut?: 'before-answer' | 'mid-body' | undefined;
  /** Neither act nor answer: hang until the client gives up or the simulator stops. */
  never?: boolean | undefined;
  /** Send the first half of the answer's text as if it were all. */
  malformed?: boolean | undefined;
  /** Send the answer with more than 64 KiB of white space after it: still valid JSON, but too long to accept. */
  oversize?: boolean | undefined;
}

interface ActiveFault {
  fault: Fault;
  callsSeen: number;
  callsFailed: number;
}

/** What is broken at the moment, and how to break and mend it. Changes hold from the next call on. */
export class Faults {
  readonly #active = new Map<Operation, ActiveFault>();
  readonly #down = new Set<Service>();
  readonly #switchListener: (service: Service, down: boolean) => Promise<void>;

  constructor(switchListener: (service: Service, down: boolean) => Promise<void>) {
    this.#switchListener = switchListener;
  }

  /** Breaks an operation, in place of the fault that it had. */
  set(operation: Operation, fault: Fault): void {
    this.#active.set(operation, { fault, callsSeen: 0, callsFailed: 0 });
  }

  /** Mends one operation, or all. Services that are down stay down. */
  clear(operation?: Operation): void {
    if (operation === undefined) this.#active.clear();
    else this.#active.delete(operation);
  }

  /** Closes a service's port, so that connections are refused, or opens it again under the same number. */
  async down(service: Service, isDown: boolean): Promise<void> {
    await this.#switchListener(service, isDown);
    if (isDown) this.#down.add(service);
    else this.#down.delete(service);
  }

  /** Mends every operation and brings every service up. */
  async clearAll(): Promise<void> {
    this.clear();
    await Promise.all(services.map((service) => this.down(service, false)));
  }

  /** The fault of the call that is being made now, if it has one. Counts the call. */
  take(operation: Operation): Fault | undefined {
    const active = this.#active.get(operation);
    if (!active) return undefined;
    const { times = Infinity, share = 1 } = active.fault;
    const before = Math.floor(active.callsSeen * share);
    active.callsSeen += 1;
    if (Math.floor(active.callsSeen * share) === before) return undefined;
    active.callsFailed += 1;
    if (active.callsFailed >= times) this.#active.delete(operation);
    return active.fault;
  }

  /** The faults in force; `times` is what is left of it. */
  get active(): Partial<Record<Operation, Fault>> {
    return Object.fromEntries(
      [...this.#active].map(([operation, { fault, callsFailed }]) => [
        operation,
        fault.times === undefined ? fault : { ...fault, times: fault.times - callsFailed },
      ]),
    );
  }

  /** The services whose port is closed. */
  get servicesDown(): Service[] {
    return [...this.#down];
  }
}
