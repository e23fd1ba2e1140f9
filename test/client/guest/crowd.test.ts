import type { Fault } from '../../../local/simulator/faults.ts';
import type { GuestResource } from '../../../local/simulator/operations.ts';
import { until } from '../../support/until.ts';
import { stages, startGuestCloud, type GuestCloud, type TestGuest } from './guestCloud.ts';
import { generatedCases, testSeed } from '../../support/generatedCases.ts';

let guests: GuestCloud;

beforeAll(async () => {
  guests = await startGuestCloud();
});
afterEach(() => guests.reset());
afterAll(() => guests.stop());

/** A deep run has some hundreds. */
const size = Math.min(300, generatedCases(60).numRuns);
/** So many ask for a token at a time. */
const lanes = 20;
/** A loaded machine takes its time for so many handshakes. */
const patienceMs = 45_000;

describe.each(stages.slice(0, 2))('a crowd on $title', (stage) => {
  const flap = (): void => {
    const faults: [GuestResource, Fault][] = [
      ['applications', { status: 503, share: 0.1 }],
      ['events', { cut: 'mid-body', share: 0.05 }],
      ['join', { cut: 'before-answer', share: 0.1 }],
    ];
    for (const [place, fault] of faults) guests.world.faults.set(stage.operation(place), fault);
    guests.world.faults.set('guest.discover', { status: 502, share: 0.1 });
  };
  const comeOneAndAll = async (eachOf: (guest: TestGuest, random: () => number) => Promise<void>) => {
    const crowd: TestGuest[] = [];
    const lives: Promise<void>[] = [];
    const lane = async (first: number): Promise<void> => {
      for (let number = first; number < size; number += lanes) {
        const random = randomFrom(testSeed + number);
        const guest = await guests.newGuest(stage, { displayName: `Guest ${number}`, random });
        crowd[number] = guest;
        lives.push(eachOf(guest, random));
      }
    };
    await Promise.all(Array.from({ length: lanes }, (_, first) => lane(first)));
    await Promise.all(lives);
    return crowd;
  };

  const story = 'is in once each, as itself, after a third of it dropped out and came back while the platform flapped';
  test(
    story,
    async () => {
      flap();
      let dropped = 0;
      const crowd = await comeOneAndAll((guest, random) => {
        if (random() > 1 / 3) return Promise.resolve();
        dropped++;
        return dropAtRandom(guest, random);
      });
      guests.world.faults.clear();
      const isSettled = ({ session }: TestGuest): boolean => ['joined', 'failed'].includes(session.state.name);
      await until(() => crowd.every(isSettled), patienceMs);

      expect(dropped).toBeGreaterThan(size / 4);
      const joined = { name: 'joined', identityPreserved: true };
      expect(crowd.map(({ session }) => session.state)).toEqual(Array(size).fill(joined));
      const selfOf = (token = ''): string | undefined => stage.participantOf(guests.world, token);
      const present = new Map(guests.roster(stage).map(({ displayName, ...one }) => [displayName, one]));
      expect(guests.roster(stage)).toHaveLength(size);
      for (const [number, { tokens }] of crowd.entries()) {
        const [first, last] = [tokens[0], tokens.at(-1)].map((guestToken) => selfOf(guestToken?.token));
        expect(last).toBe(first);
        expect(present.get(`Guest ${number}`)).toMatchObject({ endpoint: first, state: 'connected' });
      }
    },
    3 * patienceMs,
  );
});

/** Loses the network of a guest at some moment of its way in, or in the meeting, and gives it back when that is noticed. */
async function dropAtRandom({ session, network }: TestGuest, random: () => number): Promise<void> {
  const is = (...names: string[]): boolean => names.includes(session.state.name);
  const after = 1 + Math.floor(random() * 6);
  await until(() => network.sent.length >= after || is('joined', 'failed'), patienceMs);
  network.setLost(true);
  await until(() => is('reconnecting', 'failed'), patienceMs);
  network.setLost(false);
}

/** The same numbers from 0 up to 1 for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
