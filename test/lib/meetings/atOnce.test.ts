import { randomUUID } from 'node:crypto';
import type { Service } from '../../../lib/service.ts';
import { functionKeyHolder } from '../../../lib/callers.ts';
import { asProblem } from '../../../lib/problem.ts';
import { adjustableClock } from '../../races/adjustableClock.ts';
import { startAgeingCloud } from '../../races/ageingCloud.ts';
import type { TestCloud } from '../../support/testCloud.ts';
import { until } from '../../support/until.ts';

const clock = adjustableClock();
let cloud: TestCloud;
let apps: Service[];

beforeAll(async () => {
  cloud = await startAgeingCloud(clock);
  apps = [cloud.newApp({}, clock.now), cloud.newApp({}, clock.now)];
});

beforeEach(() => {
  cloud.simulator.world.faults.clear();
  cloud.simulator.world.platform.meetings.length = 0;
  cloud.simulator.world.calls.length = 0;
});

afterAll(() => cloud.stop());

const made = () => cloud.simulator.world.platform.meetings;

interface Outcome {
  readonly meetingUrl?: string;
  readonly code?: string;
  readonly retryAfterSeconds?: number | undefined;
}

/** The same request `count` times at once, alternating between both apps. */
function createAtOnce(count: number, keyOf: (index: number) => string, subject = 'Loan'): Promise<Outcome[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index): Promise<Outcome> => {
      const app = apps[index % apps.length];
      const idempotency = { caller: functionKeyHolder, key: keyOf(index) };
      try {
        const meeting = await app?.createMeeting({ subject }, idempotency, AbortSignal.timeout(15_000));
        return { meetingUrl: meeting?.meetingUrl ?? '' };
      } catch (error) {
        const { code, retryAfterSeconds } = asProblem(error);
        return { code, retryAfterSeconds };
      }
    }),
  );
}

/** The one meeting that there is; the others either got it too or are asked to come back. */
function expectOneMeeting(outcomes: readonly Outcome[]): string {
  const [meeting] = made();
  expect(made()).toHaveLength(1);
  const delivered = outcomes.filter(({ meetingUrl }) => meetingUrl !== undefined);
  expect(delivered.length).toBeGreaterThan(0);
  expect(new Set(delivered.map(({ meetingUrl }) => meetingUrl))).toEqual(new Set([meeting?.joinUrl]));
  for (const { code, retryAfterSeconds = 0 } of outcomes.filter(({ meetingUrl }) => meetingUrl === undefined)) {
    expect(code).toBe('request-in-progress');
    expect(retryAfterSeconds).toBeGreaterThanOrEqual(1);
    expect(retryAfterSeconds).toBeLessThanOrEqual(5);
  }
  return meeting?.joinUrl ?? '';
}

test.each([1, 2, 3])(
  'fifty at once in two processes make one meeting, and all get it afterwards (round %i)',
  async () => {
    const key = randomUUID();
    const url = expectOneMeeting(await createAtOnce(50, () => key));
    const afterwards = await createAtOnce(50, () => key);
    expect(afterwards).toEqual(Array(50).fill({ meetingUrl: url }));
    expect(made()).toHaveLength(1);
  },
);

test('those who come while the platform is at work are asked to come back soon', async () => {
  const key = randomUUID();
  cloud.simulator.world.faults.set('platform.meetings', { delayMs: 1_000, times: 1 });
  const first = createAtOnce(1, () => key);
  await until(() => cloud.simulator.world.counts()['platform.meetings'] === 1);
  expect(await createAtOnce(6, () => key)).toEqual(
    Array(6).fill({ code: 'request-in-progress', retryAfterSeconds: 5 }),
  );
  const [{ meetingUrl } = {}] = await first;
  expect(await createAtOnce(6, () => key)).toEqual(Array(6).fill({ meetingUrl }));
});

test('twenty at once find a claim that has lapsed: one takes it over', async () => {
  const key = randomUUID();
  cloud.simulator.world.faults.set('platform.meetings', { status: 504, times: 1 });
  expect(await createAtOnce(1, () => key)).toMatchObject([{ code: 'platform-timeout' }]);
  clock.advance({ seconds: 60 });
  expectOneMeeting(await createAtOnce(20, () => key));
});

test('twenty at once find a reply that was kept long enough: one of them makes the next meeting', async () => {
  const key = randomUUID();
  expectOneMeeting(await createAtOnce(1, () => key));
  clock.advance({ hours: 24 });
  made().length = 0;
  expectOneMeeting(await createAtOnce(20, () => key));
});

test('two bodies at once under one key: one makes its meeting, the other is refused', async () => {
  const key = randomUUID();
  const [one, other] = await Promise.all([createAtOnce(10, () => key, 'Loan'), createAtOnce(10, () => key, 'Lease')]);
  const [winners, losers] = one.some(({ meetingUrl }) => meetingUrl !== undefined) ? [one, other] : [other, one];
  expectOneMeeting(winners);
  expect(losers.map(({ code }) => code)).toEqual(Array(10).fill('idempotency-key-reused'));
});

test('different keys are not in each other’s way', async () => {
  const outcomes = await createAtOnce(20, () => randomUUID());
  expect(new Set(outcomes.map(({ meetingUrl }) => meetingUrl)).size).toBe(20);
  expect(made()).toHaveLength(20);
});

test('a refusal lets the next one in: of ten in a row each is carried out', async () => {
  const key = randomUUID();
  cloud.simulator.world.faults.set('platform.meetings', { status: 400, times: 9 });
  for (let times = 0; times < 9; times += 1) {
    expect(await createAtOnce(1, () => key)).toMatchObject([{ code: 'platform-refused' }]);
  }
  expectOneMeeting(await createAtOnce(1, () => key));
});
