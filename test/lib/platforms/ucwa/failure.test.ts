import { UpstreamFailure } from '../../../../lib/net/transport.ts';
import {
  asPlatformProblem,
  MeetingPageFailure,
  TicketFailure,
  type TicketFailureCode,
} from '../../../../lib/platforms/ucwa/failure.ts';
import { Problem } from '../../../../lib/problem.ts';

const ticket = (code: TicketFailureCode, status = 400): TicketFailure => new TicketFailure(code, status);

test.each([
  ['invalid_grant', { code: 'platform-refused', reason: 'meeting-rejected', status: 502 }],
  ['invalid_request', { code: 'platform-refused', reason: 'meeting-rejected' }],
  ['unsupported_grant_type', { code: 'capability-missing', status: 501 }],
  ['invalid_scope', { code: 'platform-refused', reason: 'answer-unusable' }],
  ['server_error', { code: 'platform-unavailable', status: 503, retryAfterSeconds: 5 }],
  ['credentials_missing', { code: 'platform-refused', reason: 'credentials-rejected' }],
  ['interaction_required', { code: 'platform-refused', reason: 'credentials-rejected' }],
  ['integrated_windows', { code: 'platform-refused', reason: 'credentials-rejected' }],
] as const)('131, 132, 133, 134, 135, 142: %s is a problem with a code of its own', (code, expected) => {
  const failure = ticket(code);
  expect(asPlatformProblem(failure)).toMatchObject({ ...expected, cause: failure });
});

test.each(['refused', 'unusable'] as const)('139: an answer that is %s goes by its status', (code) => {
  const of = (status: number): Problem => asPlatformProblem(ticket(code, status));
  for (const status of [200, 302, 400, 404]) {
    expect(of(status)).toMatchObject({ code: 'platform-refused', reason: 'answer-unusable' });
  }
  for (const status of [500, 502, 503]) expect(of(status)).toMatchObject({ code: 'platform-unavailable' });
  expect(of(429)).toMatchObject({ code: 'too-many-requests', status: 429, retryAfterSeconds: 10 });
});

test.each([
  [429, 'too-many-requests'],
  [503, 'platform-unavailable'],
])('a server that answers %i and names a time is left alone for as long', (status, code) => {
  const failure = new TicketFailure('refused', status, { retryAfterSeconds: 42 });
  expect(asPlatformProblem(failure)).toMatchObject({ code, retryAfterSeconds: 42, cause: failure });
});

test.each([
  ['connection', { code: 'platform-unavailable' }],
  ['unreachable', { code: 'platform-unavailable' }],
  ['timeout', { code: 'platform-timeout' }],
  ['cancelled', { code: 'platform-timeout' }],
  ['too-large', { code: 'platform-refused', reason: 'answer-unusable' }],
] as const)('a transport that fails with %s is a problem', (code, expected) => {
  expect(asPlatformProblem(new UpstreamFailure(code))).toMatchObject(expected);
});

test('a meeting page that cannot be used is a problem of its own', () => {
  expect(asPlatformProblem(new MeetingPageFailure('hostile'))).toMatchObject({
    code: 'platform-refused',
    reason: 'answer-unusable',
    message: expect.stringContaining('meeting page') as string,
  });
});

test('a problem stays what it is, and anything else is internal', () => {
  const problem = new Problem('guest-removed', 'Issue anew.');
  expect(asPlatformProblem(problem)).toBe(problem);
  expect(asPlatformProblem(new TypeError('x'))).toMatchObject({ code: 'internal' });
});
