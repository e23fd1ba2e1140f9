import { Clock } from '../../local/clock.ts';
import { until } from '../support/until.ts';

const start = Date.UTC(2026, 0, 15, 12);
let source: { now: number };
let clock: Clock;
let kept: string[];

beforeEach(() => {
  source = { now: start };
  clock = new Clock(() => source.now);
  kept = [];
});
afterEach(() => {
  clock.reset();
});

const appoint = (name: string, afterMs: number) =>
  clock.at(start + afterMs, () => kept.push(`${name} at ${clock.now() - start}`));

test('it goes as its source goes, as far ahead as it was put', () => {
  clock.advance(5_000);
  source.now += 1_000;
  expect(clock.now()).toBe(start + 6_000);
  clock.reset();
  expect(clock.now()).toBe(start + 1_000);
});

test('appointments are kept once, in their order, at the time that it was put to', () => {
  appoint('second', 2_000);
  appoint('first', 1_000);
  appoint('third', 3_000);
  clock.advance(2_500);
  expect(kept).toEqual(['first at 2500', 'second at 2500']);
  clock.advance(500);
  clock.advance(10_000);
  expect(kept).toEqual(['first at 2500', 'second at 2500', 'third at 3000']);
});

test('it catches up with a source that was changed', () => {
  appoint('one', 1_000);
  source.now += 1_000;
  clock.advance(0);
  expect(kept).toEqual(['one at 1000']);
});

test('an appointment can be cancelled, by another one too, and can make others', () => {
  const cancelLater = appoint('later', 2_000);
  appoint('never', 1_000)();
  clock.at(start + 1_000, () => {
    cancelLater();
    appoint('made meanwhile', 1_500);
  });
  clock.advance(5_000);
  expect(kept).toEqual(['made meanwhile at 5000']);
});

test('a reset forgets every appointment', () => {
  appoint('one', 1_000);
  clock.reset();
  clock.advance(5_000);
  expect(kept).toEqual([]);
});

test('with a source that runs, appointments are kept by themselves', async () => {
  const real = new Clock(() => Date.now());
  const at: number[] = [];
  const wanted = Date.now() + 60;
  real.at(wanted + 600_000, () => at.push(0));
  real.at(wanted, () => at.push(Date.now()));
  await until(() => at.length > 0);
  expect(at).toHaveLength(1);
  expect(at[0]).toBeGreaterThanOrEqual(wanted);
  real.reset();
});

test('a far appointment is waited for in portions that setTimeout can count', () => {
  const day = 24 * 60 * 60 * 1000;
  const portion = 2 ** 31 - 1;
  const waits: { run: () => void; delayMs: number }[] = [];
  const spy = jest.spyOn(globalThis, 'setTimeout').mockImplementation((run, delayMs = 0) => {
    waits.push({ run, delayMs });
    return { unref: () => undefined } as unknown as NodeJS.Timeout;
  });
  appoint('far', 60 * day);
  // Grows while it is gone through: each timeout may set the next one.
  for (const { run, delayMs } of waits) {
    expect(kept).toEqual([]);
    source.now += delayMs;
    run();
  }
  spy.mockRestore();
  expect(waits.map(({ delayMs }) => delayMs)).toEqual([portion, portion, 60 * day - 2 * portion]);
  expect(kept).toEqual([`far at ${60 * day}`]);
});
