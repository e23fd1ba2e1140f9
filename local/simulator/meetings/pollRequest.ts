import * as z from 'zod';
import { queryParameter, type Answer, type Request } from '../http/exchange.ts';
import { ucwaError } from './ucwaAnswers.ts';

const number = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'Not a number.')
    .transform(Number)
    .pipe(z.number().min(least).max(most))
    .optional();

// Seconds, in the ranges of §3.4. What is outside of them is refused, so that a client's mistake shows.
const schema = z.object({
  ack: number(0, Infinity),
  priority: number(0, Infinity),
  timeout: number(180, 1800),
  medium: number(5, 1800),
  low: number(5, 1800),
});

/** How long a poll may be held, and events of lesser urgency with it. Seconds. */
export interface Timing {
  timeout: number;
  medium: number;
  low: number;
}

/** What a poll asks for. */
export interface Poll {
  /** -1: none at all, which is the right one never. */
  ack: number;
  priority: number;
  /** What is not asked for stays as it was. */
  timing: Partial<Timing>;
}

/** Reads the query of a poll. @param expected other parameters, as in a query string, that have to come with it */
export function readPoll(request: Request, expected: string): { refusal: Answer } | { poll: Poll } {
  const query = (name: string) => queryParameter(request, name);
  const names = ['ack', 'priority', 'timeout', 'medium', 'low'] as const;
  const read = schema.safeParse(Object.fromEntries(names.map((name) => [name, query(name)])));
  const wrong: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(expected)) {
    if (query(name) !== value) wrong[name] = 'Not as in the link.';
  }
  for (const { path, message } of read.error?.issues ?? []) wrong[path.join('.')] = message;
  if (!read.success || Object.keys(wrong).length > 0) {
    return { refusal: ucwaError(400, 'ParameterValidationFailure', wrong) };
  }
  const { ack = -1, priority = 0, ...timing } = read.data;
  return { poll: { ack, priority, timing: givenOf(timing) } };
}

function givenOf(timing: { [name in keyof Timing]?: number | undefined }): Partial<Timing> {
  return Object.fromEntries(Object.entries(timing).filter(([, seconds]) => seconds !== undefined));
}
