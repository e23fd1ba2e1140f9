import type { IRetryBackoffContext } from 'cockatiel';
import { retryAfterBackoff, retryAfterSeconds } from '../../../lib/net/retryAfter.ts';
import type { UpstreamAnswer } from '../../../lib/net/transport.ts';

const now = Date.UTC(2026, 10, 21, 12, 0, 0);

function answerWith(retryAfter: string | undefined): UpstreamAnswer {
  return { status: 429, headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter }, body: '' };
}

describe('Retry-After', () => {
  it.each([
    ['none', undefined, undefined],
    ['seconds', '7', 7],
    ['no seconds', '0', 0],
    ['a date', 'Sat, 21 Nov 2026 12:00:30 GMT', 30],
    ['a date in the form of RFC 850', 'Saturday, 21-Nov-26 12:00:30 GMT', 30],
    ['a date in the past', 'Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['a fraction, which RFC 9110 does not know, nor a year 2001', '1.5', undefined],
    ['a negative number', '-1', undefined],
    ['a number beyond all sense', '99999999999', undefined],
    ['words', 'soon', undefined],
    ['nothing', '', undefined],
  ])('as %s', (_, header, seconds) => {
    expect(retryAfterSeconds(answerWith(header), now)).toBe(seconds);
  });
});

describe('the pause before another try', () => {
  const pauses = (retryAfter: string | undefined): number[] => {
    const context = (attempt: number): IRetryBackoffContext<unknown> => ({
      attempt,
      signal: new AbortController().signal,
      result: { value: answerWith(retryAfter) },
    });
    const first = retryAfterBackoff(100).next(context(1));
    return [first.duration, first.next(context(2)).duration];
  };
  const many = Array.from({ length: 1_000 }, () => pauses(undefined));
  const spread = (durations: readonly number[]): [number, number] => [Math.min(...durations), Math.max(...durations)];

  it('is different every time, within one and a half times the initial delay', () => {
    const [least, most] = spread(many.map(([first = -1]) => first));
    expect(least).toBeGreaterThanOrEqual(0);
    expect(most).toBeLessThan(150);
    expect(most - least).toBeGreaterThan(50);
  });

  it('grows with the second, and both together stay within three times the initial delay', () => {
    const mean = (index: 0 | 1): number => many.reduce((sum, pair) => sum + (pair[index] ?? 0), 0) / many.length;
    expect(mean(1)).toBeGreaterThan(mean(0));
    expect(Math.max(...many.map(([first = 0, second = 0]) => first + second))).toBeLessThan(300);
  });

  it('is at least what the server asked for', () => {
    expect(Math.min(...pauses('2'))).toBeGreaterThanOrEqual(2_000);
  });

  it('does not depend on an answer after a failure without one', () => {
    const context = { attempt: 1, signal: new AbortController().signal, result: { error: new Error('connection') } };
    expect(retryAfterBackoff(100).next(context).duration).toBeLessThan(150);
  });
});
