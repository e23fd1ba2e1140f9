/** A place where one call waits until the test lets it go on. */
export interface Gate {
  /** Resolves when the call has arrived. */
  readonly reached: Promise<void>;
  open(): void;
  /** Lets the call fail. */
  fail(error: Error): void;
}

interface Barrier {
  callsToLetPass: number;
  hold(): Promise<void>;
}

/** Gates that a test puts before or behind the calls of real parts, so that it rules the order of a race. */
export class Gates {
  readonly #barriers = new Map<string, Barrier[]>();

  /** Holds a call, named `part.method`, before it is made. @param nth 1 is the next one. */
  before(call: string, nth = 1): Gate {
    return this.#add(`before ${call}`, nth);
  }

  /** Holds a call when it has been made, before its caller learns of it. */
  after(call: string, nth = 1): Gate {
    return this.#add(`after ${call}`, nth);
  }

  /** Waits at the gate that stands here, if there is one; each gate holds one call. */
  async pass(place: string): Promise<void> {
    const barriers = this.#barriers.get(place) ?? [];
    await barriers.find((barrier) => barrier.callsToLetPass-- === 0)?.hold();
  }

  #add(place: string, nth: number): Gate {
    let arrive: () => void = () => undefined;
    let gate: Pick<Gate, 'open' | 'fail'> = { open: arrive, fail: arrive };
    const reached = new Promise<void>((resolve) => (arrive = resolve));
    const left = new Promise<void>((open, fail) => (gate = { open, fail }));
    // It may be told to fail before its call has come.
    left.catch(() => undefined);
    const hold = (): Promise<void> => {
      arrive();
      return left;
    };
    this.#barriers.set(place, [...(this.#barriers.get(place) ?? []), { callsToLetPass: nth - 1, hold }]);
    return { reached, ...gate };
  }
}

/** The part itself, with gates before and behind each of its methods. */
export function gated<T extends object>(name: string, part: T, gates: Gates): T {
  return new Proxy(part, {
    get(target, key) {
      const method: unknown = Reflect.get(target, key);
      if (typeof method !== 'function' || answersAtOnce.has(String(key))) return method;
      const call = `${name}.${String(key)}`;
      return async (...args: unknown[]): Promise<unknown> => {
        await gates.pass(`before ${call}`);
        const result: unknown = await Reflect.apply(method, target, args);
        await gates.pass(`after ${call}`);
        return result;
      };
    },
  });
}

/** Methods of the parts that do not answer with a promise. */
const answersAtOnce = new Set(['readLink']);
