import { InvocationContext, type LogLevel, type Timer } from '@azure/functions';
import { Problem } from '../../lib/problem.ts';
import { currentTrace, step } from '../../lib/telemetry.ts';
import { timerJob } from '../../lib/timerJob.ts';

const timer: Timer = {
  isPastDue: false,
  schedule: { adjustForDST: false },
  scheduleStatus: { last: '', next: '2026-01-01T00:05:00Z', lastUpdated: '' },
};

type Work = Parameters<typeof timerJob>[1];

/** Runs a job once. */
async function run(work: Work): Promise<{ lines: [LogLevel, unknown][]; failure: unknown }> {
  const lines: [LogLevel, unknown][] = [];
  const context = new InvocationContext({
    invocationId: 'this-run',
    functionName: 'sweep',
    logHandler: (level, message) => lines.push([level, JSON.parse(String(message))]),
  });
  const failure = await Promise.resolve(timerJob('sweep', work)(timer, context)).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { lines, failure };
}

test('a run logs what it did, on one line', async () => {
  const { lines, failure } = await run(async (given) => {
    expect(given).toBe(timer);
    expect(currentTrace()?.correlationId).toBe('this-run');
    await step('storage', () => Promise.resolve());
    return { deleted: 3 };
  });
  expect(failure).toBeUndefined();
  expect(lines).toEqual([
    ['information', { job: 'sweep', deleted: 3, steps: { storage: expect.any(Number) as number } }],
  ]);
});

test('events stand before that line, as warnings', async () => {
  const { lines } = await run((_, log) => {
    log({ event: 'changed' });
    return Promise.resolve({});
  });
  expect(lines).toEqual([
    ['warning', { event: 'changed' }],
    ['information', { job: 'sweep', steps: {} }],
  ]);
});

test.each<[string, Error, object]>([
  [
    'a problem',
    new Problem('storage-unavailable', 'Send it again.', {
      cause: Object.assign(new Error('secret'), { status: 500 }),
    }),
    { job: 'sweep', code: 'storage-unavailable', causes: [{ name: 'Error', status: 500 }] },
  ],
  ['an error', new TypeError('secret'), { job: 'sweep', code: 'internal', causes: [{ name: 'TypeError' }] }],
  [
    'wrong settings',
    new Problem('configuration-invalid', 'Correct the settings: A is missing.'),
    { job: 'sweep', code: 'configuration-invalid', detail: 'Correct the settings: A is missing.', causes: [] },
  ],
])('a run that ends in %s fails, and nothing of the error but its code gets out', async (_, thrown, line) => {
  const { lines, failure } = await run(() => Promise.reject(thrown));
  expect(lines).toEqual([['error', line]]);
  expect(failure).toBeInstanceOf(Error);
  expect((failure as Error).message).toMatch(/^sweep failed: [a-z-]+$/);
  expect((failure as Error).cause).toBeUndefined();
  expect((failure as Error).stack).not.toContain('secret');
});
