import { parseSchedule } from '../../../admin/ncrontab.ts';
import { Clock } from '../../../local/clock.ts';
import type { TypedData } from '../../../local/host/coreTypes.ts';
import { Timer, type TimerOptions } from '../../../local/host/timer.ts';

interface Run {
  data: unknown;
  end: () => void;
}

let time: { now: number };
let clock: Clock;

beforeEach(() => {
  time = { now: Date.parse('2026-11-12T23:59:00Z') };
  clock = new Clock(() => time.now);
});
afterEach(() => {
  clock.reset();
});

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function passTo(moment: string): Promise<void> {
  time.now = Date.parse(moment);
  clock.advance(0);
  await settle();
}

/** A timer on the clock of this file, and the runs of its function, which a test ends. */
function setUp(schedule: string, options: Partial<TimerOptions> = {}): { timer: Timer; runs: Run[] } {
  const runs: Run[] = [];
  const run = (data: TypedData): Promise<void> =>
    new Promise((resolve) => runs.push({ data: JSON.parse(data.json ?? '') as unknown, end: resolve }));
  return { timer: new Timer({ schedule: parseSchedule(schedule), run, clock, ...options }), runs };
}

const never = '0001-01-01T00:00:00.000Z';

it('runs at each occurrence and shows the status of the schedule as the real host does', async () => {
  const { timer, runs } = setUp('0 0 * * * *');
  timer.start();
  await passTo('2026-11-12T23:59:59.999Z');
  expect(runs).toHaveLength(0);

  await passTo('2026-11-13T00:00:00.005Z');
  expect(runs.map(({ data }) => data)).toEqual([
    {
      Schedule: { AdjustForDST: true },
      ScheduleStatus: {
        Last: never,
        LastUpdated: '2026-11-12T23:59:00.000Z',
        Next: '2026-11-13T00:00:00.000Z',
      },
      IsPastDue: false,
    },
  ]);
  runs[0]?.end();
  await settle();

  await passTo('2026-11-13T01:00:00.001Z');
  expect(runs[1]?.data).toMatchObject({
    ScheduleStatus: { Last: '2026-11-13T00:00:00.005Z', Next: '2026-11-13T01:00:00.000Z' },
  });
});

it('does not start a run while one is under way, and makes up for the missed one afterwards', async () => {
  const { timer, runs } = setUp('0 0 * * * *');
  timer.start();
  await passTo('2026-11-13T00:00:00Z');
  await passTo('2026-11-13T01:30:00Z');
  await timer.fire();
  expect(runs).toHaveLength(1);

  runs[0]?.end();
  await settle();
  await passTo('2026-11-13T01:30:00.001Z');
  expect(runs).toHaveLength(2);
});

it('goes on after a run that failed', async () => {
  let count = 0;
  const { timer } = setUp('0 0 * * * *', {
    run: () => {
      count += 1;
      return Promise.reject(new Error('failed'));
    },
  });
  timer.start();
  await passTo('2026-11-13T00:00:00Z');
  await passTo('2026-11-13T01:00:00Z');
  expect(count).toBe(2);
});

it('fires by hand without moving the schedule', async () => {
  const { timer, runs } = setUp('0 0 * * * *');
  const fired = timer.fire();
  runs[0]?.end();
  await fired;
  expect(runs[0]?.data).toMatchObject({ ScheduleStatus: { Last: never, Next: '2026-11-13T00:00:00.000Z' } });
});

it('shows no status where the real host keeps none', async () => {
  for (const { timer, runs } of [setUp('*/20 * * * * *'), setUp('0 0 * * * *', { useMonitor: false })]) {
    void timer.fire();
    await Promise.resolve();
    expect(runs[0]?.data).toMatchObject({ ScheduleStatus: null, IsPastDue: false });
  }
});

it('runs at once when the function asks for it', () => {
  const { timer, runs } = setUp('0 0 * * * *', { runOnStartup: true });
  timer.start();
  expect(runs).toHaveLength(1);
});

it('runs at a far occurrence and not before it', async () => {
  const { timer, runs } = setUp('0 0 0 1 1 *');
  timer.start();
  await passTo('2026-12-30T23:59:00Z');
  expect(runs).toHaveLength(0);
  await passTo('2027-01-01T00:00:00Z');
  expect(runs).toHaveLength(1);
});

it('stops: waits for the run under way and starts no more', async () => {
  const { timer, runs } = setUp('0 0 * * * *');
  timer.start();
  await passTo('2026-11-13T00:00:00Z');
  let stopped = false;
  const stopping = timer.stop().then(() => {
    stopped = true;
  });
  await settle();
  expect(stopped).toBe(false);
  runs[0]?.end();
  await stopping;
  await timer.fire();
  await passTo('2026-11-13T01:00:00Z');
  expect(runs).toHaveLength(1);
});
