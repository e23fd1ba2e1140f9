import { systemClock } from '../../client/clock.ts';
import { until } from '../support/until.ts';

test('calls back in time, and not at all when called off', async () => {
  const called: string[] = [];
  const startedAt = systemClock.now();
  systemClock.after(10, () => called.push('called off'))();
  systemClock.after(20, () => called.push('in time'));
  await until(() => called.length > 0);
  expect(called).toEqual(['in time']);
  expect(systemClock.now() - startedAt).toBeGreaterThanOrEqual(15);
});

test('takes waits that are too long for one timer for what they are', async () => {
  let early = false;
  const callOff = systemClock.after(2 ** 31 + 1, () => (early = true));
  let passed = false;
  // One that overflowed would be called back after a millisecond, so before this one.
  systemClock.after(20, () => (passed = true));
  await until(() => passed);
  expect(early).toBe(false);
  callOff();
});
