import { currentTrace, step, summarize, traced, type Trace } from '../../lib/telemetry.ts';

const newTrace = (correlationId = 'c'): Trace => ({ correlationId, steps: {} });

describe('a trace', () => {
  test('is the current one through every await below it, and outside there is none', async () => {
    const trace = newTrace();
    await traced(trace, async () => {
      await Promise.resolve();
      expect(currentTrace()).toBe(trace);
    });
    expect(currentTrace()).toBeUndefined();
  });

  test('is not that of the request beside it', async () => {
    const traces = ['one', 'two', 'three'].map(newTrace);
    await Promise.all(
      traces.map((trace) =>
        traced(trace, async () => {
          await new Promise(setImmediate);
          await step(trace.correlationId, () => new Promise(setImmediate));
          expect(currentTrace()).toBe(trace);
        }),
      ),
    );
    expect(traces.map(({ steps }) => Object.keys(steps))).toEqual([['one'], ['two'], ['three']]);
  });
});

describe('a step', () => {
  test('gives what its work gives, and adds up under its name, whether it fails or not', async () => {
    const trace = newTrace();
    await traced(trace, async () => {
      await expect(step('storage', () => Promise.resolve(7))).resolves.toBe(7);
      trace.steps['storage'] = 1_000;
      const failure = new Error('no');
      await expect(step('storage', () => Promise.reject(failure))).rejects.toBe(failure);
    });
    expect(Object.keys(trace.steps)).toEqual(['storage']);
    expect(trace.steps['storage']).toBeGreaterThanOrEqual(1_000);
  });

  test('works without a trace', async () => {
    await expect(step('storage', () => Promise.resolve(7))).resolves.toBe(7);
  });
});

describe('the summary of an error', () => {
  const withFields = (message: string, fields: object, cause?: unknown): Error =>
    Object.assign(new Error(message, { cause }), fields);

  test.each<[string, unknown, object[]]>([
    ['a plain error', new TypeError('secret'), [{ name: 'TypeError' }]],
    [
      'a code and a status',
      withFields('secret', { code: 'ECONNRESET', status: 503 }),
      [{ name: 'Error', code: 'ECONNRESET', status: 503 }],
    ],
    [
      'a status of the SDKs',
      withFields('secret', { name: 'RestError', statusCode: 412 }),
      [{ name: 'RestError', status: 412 }],
    ],
    ['other fields', withFields('secret', { url: 'secret', details: { secret: 1 } }), [{ name: 'Error' }]],
    ['a code that is a sentence', withFields('x', { code: 'not found: secret' }), [{ name: 'Error' }]],
    ['a code that is too long', withFields('x', { code: 'secret'.repeat(11) }), [{ name: 'Error' }]],
    ['a code that is no text', withFields('x', { code: { secret: 1 }, status: 'secret' }), [{ name: 'Error' }]],
    ['a name that is a sentence', withFields('x', { name: 'a secret' }), [{ name: 'Error' }]],
    ['a string', 'secret', []],
    ['nothing', undefined, []],
    ['an object', { name: 'secret', code: 'secret' }, []],
    ['a cause that is no error', withFields('secret', {}, 'secret'), [{ name: 'Error' }]],
  ])('of %s never has its text', (_, error, summary) => {
    expect(summarize(error)).toEqual(summary);
    expect(JSON.stringify(summarize(error))).not.toContain('secret');
  });

  test('goes down the causes, five at most, even in a circle', () => {
    const inner = withFields('inner', { code: 'inner' });
    expect(summarize(withFields('outer', { code: 'outer' }, inner))).toEqual([
      { name: 'Error', code: 'outer' },
      { name: 'Error', code: 'inner' },
    ]);
    const circle = new Error('circle');
    circle.cause = circle;
    expect(summarize(circle)).toHaveLength(5);
  });
});
