import { inspect } from 'node:util';
import { problemBody } from '../../lib/http/responses.ts';
import { asProblem, Problem, problemCatalogue, type ProblemCode } from '../../lib/problem.ts';

const sessionId = 'session-of-a-guest-0123456789';
const codes = Object.entries(problemCatalogue) as [ProblemCode, { status: number; title: string }][];

test.each(codes)('%s has the status of the contract, in every answer', (code, { status, title }) => {
  const body = problemBody(new Problem(code, 'Do this.'), 'of-this-invocation');
  expect(body).toEqual({
    type: `/problems/${code}`,
    title,
    status,
    detail: 'Do this.',
    instance: 'urn:uuid:of-this-invocation',
    code,
  });
});

test('the codes and statuses are those that callers were promised', () => {
  expect(Object.fromEntries(codes.map(([code, { status }]) => [code, status]))).toEqual({
    'invalid-request': 400,
    'unsupported-media-type': 415,
    'payload-too-large': 413,
    'meeting-url-not-supported': 400,
    'origin-not-allowed': 400,
    'caller-unauthenticated': 401,
    'caller-not-allowed': 403,
    'guest-not-found': 404,
    'guest-removed': 410,
    'session-bound-to-another-meeting': 409,
    'request-in-progress': 409,
    'idempotency-key-reused': 422,
    'callback-not-allowed': 400,
    'subscription-not-found': 404,
    'too-many-subscriptions': 409,
    'too-many-requests': 429,
    'capability-missing': 501,
    'platform-refused': 502,
    'platform-unavailable': 503,
    'platform-timeout': 504,
    'storage-unavailable': 503,
    'secrets-unavailable': 503,
    'configuration-invalid': 503,
    internal: 500,
  });
});

test('an attempt that can be repeated says as whom, and keeps all else', () => {
  const cause = new Error('cause');
  const problem = new Problem('platform-refused', 'Try again.', {
    reason: 'answer-unusable',
    errors: [{ pointer: '/a', detail: 'b' }],
    retryAfterSeconds: 3,
    cause,
  });
  const attempt = problem.ofAttempt(sessionId);
  expect(attempt).toMatchObject({ code: 'platform-refused', message: 'Try again.', retryAfterSeconds: 3, cause });
  expect(problemBody(attempt, 'i')).toEqual({ ...problemBody(problem, 'i'), applicationSessionId: sessionId });
});

test.each(codes)('%s names the attempt only from 502 on', (code, { status }) => {
  const attempt = new Problem(code, 'Do this.').ofAttempt(sessionId);
  expect(attempt.applicationSessionId).toBe(status >= 502 ? sessionId : undefined);
});

test('looking at the problem does not show the session', () => {
  const attempt = new Problem('platform-timeout', 'Try again.').ofAttempt(sessionId);
  expect(inspect(attempt, { depth: 9, showHidden: true })).not.toContain(sessionId);
  expect(JSON.stringify(attempt)).not.toContain(sessionId);
  expect(attempt.stack).not.toContain(sessionId);
});

test('the answer takes nothing of a cause, and of a mistake only where and what', () => {
  const errors = [{ pointer: '/a', detail: 'b', received: 'secret' }];
  const body = problemBody(new Problem('invalid-request', 'Correct it.', { errors, cause: new Error('secret') }), 'i');
  expect(body.errors).toEqual([{ pointer: '/a', detail: 'b' }]);
  expect(JSON.stringify(body)).not.toContain('secret');
});

test('a problem stays what it is; whatever else was thrown becomes the cause of an internal one', () => {
  const problem = new Problem('guest-not-found', 'Issue a token first.');
  expect(asProblem(problem)).toBe(problem);
  for (const thrown of [new Error('upstream text'), 'upstream text', undefined, null, { code: 'guest-not-found' }]) {
    const internal = asProblem(thrown);
    expect(internal).toMatchObject({ code: 'internal', status: 500 });
    expect(internal.cause).toBe(thrown);
    expect(internal.message).not.toContain('upstream text');
  }
});
