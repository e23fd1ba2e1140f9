import { randomBytes } from 'node:crypto';

/** One way of giving tokens, in a process of its own that the bench drives through messages. */
export interface Contender {
  /** A first token. Resolves to what `rejoin` needs. */
  issue(): Promise<string>;
  rejoin(guest: string): Promise<void>;
}

/** What the bench asks for: so many tokens, so many at a time. */
export interface Order {
  readonly kind: keyof Contender;
  readonly count: number;
  readonly atOnce: number;
}

/** What it took. */
export interface Bill {
  /** Of the whole process, user and system. */
  readonly cpuMs: number;
  readonly elapsedMs: number;
  readonly latenciesMs: readonly number[];
}

/**
 * A meeting of its own for every guest, as a customer has one with an advisor. In one meeting they would all stand in one
 * partition of the index, and the emulator searches it row by row.
 */
export function newMeetingUrl(): string {
  return `https://meet.lync.example/contoso/testuser/${randomBytes(4).toString('hex').toUpperCase()}`;
}

/** Origins that all contenders use. */
export const allowedOrigins = 'https://www.contoso.example;https://advisor.contoso.example';

/** Carries out orders with a contender, and measures them. */
export function worker(contender: Contender): (order: Order) => Promise<Bill> {
  const guests: string[] = [];
  const one = {
    issue: async (): Promise<void> => void guests.push(await contender.issue()),
    rejoin: async (): Promise<void> => {
      // Taken out meanwhile: two rejoins of one guest at a time would be another contest.
      const guest = guests.shift() ?? (await contender.issue());
      await contender.rejoin(guest);
      guests.push(guest);
    },
  };

  return async ({ kind, count, atOnce }) => {
    const latenciesMs: number[] = [];
    let left = count;
    const lane = async (): Promise<void> => {
      while (left-- > 0) {
        const startedAt = performance.now();
        await one[kind]();
        latenciesMs.push(performance.now() - startedAt);
      }
    };
    const startedAt = performance.now();
    const before = process.cpuUsage();
    await Promise.all(Array.from({ length: atOnce }, lane));
    const { user, system } = process.cpuUsage(before);
    return { cpuMs: (user + system) / 1_000, elapsedMs: performance.now() - startedAt, latenciesMs };
  };
}

/** Takes orders from the bench until it goes away. */
export function serve(contender: Contender): void {
  const carryOut = worker(contender);
  process.on('message', (order: Order) => {
    void carryOut(order).then((bill) => process.send?.(bill));
  });
  process.on('disconnect', () => process.exit());
  process.send?.('ready');
}

/** A setting of the local cloud. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set.`);
  return value;
}
