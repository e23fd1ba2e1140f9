import { HttpRequest, InvocationContext, type HttpResponseInit, type LogLevel } from '@azure/functions';
import { endpoints } from '../../../lib/contract/endpoints.ts';
import { contractEndpoint, type Handler } from '../../../lib/http/contractEndpoint.ts';
import { handlerOf } from '../../../lib/http/pipeline.ts';
import type { UseCases } from '../../../lib/http/useCases.ts';
import { Problem } from '../../../lib/problem.ts';
import { currentTrace, step } from '../../../lib/telemetry.ts';

const getGuest = endpoints.getGuest;
const guestId = 'g'.repeat(43);
const invocationId = '0b6f2a94-6f5f-4a0e-8f6d-3f6f3a3f7c11';

const found = {
  status: 200,
  body: {
    guestId,
    state: 'active',
    platform: 'trusted-application',
    createdAt: '2026-01-01T00:00:00.000Z',
    lastTokenAt: '2026-01-01T00:00:00.000Z',
    tokensValidUntil: '2026-01-01T08:00:00.000Z',
    rejoinCount: 0,
    expiresAt: '2026-01-02T00:00:00.000Z',
  },
} as const;

interface Outcome {
  readonly response: HttpResponseInit;
  readonly body: Record<string, unknown>;
  readonly lines: { level: LogLevel; line: Record<string, unknown> }[];
}

/** Sends one request through the endpoint. */
async function through(handler: Handler<typeof getGuest>, headers: Record<string, string> = {}): Promise<Outcome> {
  const lines: Outcome['lines'] = [];
  const context = new InvocationContext({
    invocationId,
    functionName: 'getGuest',
    logHandler: (level, message) => lines.push({ level, line: JSON.parse(String(message)) as Record<string, unknown> }),
  });
  const request = new HttpRequest({ method: 'GET', url: 'http://localhost/', headers, params: { guestId } });
  const handle = handlerOf(contractEndpoint(getGuest, handler), {} as UseCases, () => ({ kind: 'function-key' }));
  const response = await handle(request, context);
  return { response, lines, body: JSON.parse(response.body as string) as Record<string, unknown> };
}
const failing =
  (error: unknown): Handler<typeof getGuest> =>
  () =>
    // Anything can be thrown.
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    Promise.reject(error);

test('an endpoint of the contract has the method, route and caller of its definition', () => {
  expect(contractEndpoint(getGuest, () => Promise.resolve(found))).toMatchObject({
    method: 'GET',
    route: 'v1/guests/{guestId}',
    auth: 'caller',
  });
});

test('an answer carries the headers of every answer', async () => {
  const { response, body } = await through(() => Promise.resolve({ ...found, location: '/api/v1/guests/g' }));
  expect(response).toMatchObject({
    status: 200,
    headers: {
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Content-Type': 'application/json; charset=utf-8',
      Location: '/api/v1/guests/g',
    },
  });
  expect(body).toEqual(found.body);
});

test('the handler gets what was validated, and a signal that is not yet aborted', async () => {
  await through(({ params, body, signal }) => {
    expect({ params, body, aborted: signal.aborted }).toEqual({ params: { guestId }, body: undefined, aborted: false });
    return Promise.resolve(found);
  });
  expect.assertions(1);
});

test('a problem says when to come back', async () => {
  const { response, body } = await through(
    failing(new Problem('storage-unavailable', 'Send the same request again.', { retryAfterSeconds: 2 })),
  );
  expect(response).toMatchObject({ status: 503, headers: { 'Retry-After': '2', 'Cache-Control': 'no-store' } });
  expect(body).toEqual({
    type: '/problems/storage-unavailable',
    title: 'The guest store is not available',
    status: 503,
    detail: 'Send the same request again.',
    instance: `urn:uuid:${invocationId}`,
    code: 'storage-unavailable',
  });
});

test.each([
  ['an error', new Error('secret text', { cause: new TypeError('more secret text') })],
  [
    'an error with fields',
    Object.assign(new Error('secret text'), { statusCode: 418, code: 'E_SECRET text', url: 'secret' }),
  ],
  ['a string', 'secret text'],
  ['nothing', undefined],
  ['an object', { message: 'secret text' }],
])('%s that nobody expected is an internal problem, and its text stays inside', async (_, thrown) => {
  const { response, body, lines } = await through(failing(thrown));
  expect(response.status).toBe(500);
  expect(body['code']).toBe('internal');
  expect(lines).toHaveLength(1);
  expect(lines[0]?.level).toBe('error');
  expect(JSON.stringify([response, lines])).not.toContain('secret text');
});

describe('the log line', () => {
  test('is one, with fields from a fixed list', async () => {
    const { lines } = await through(async () => {
      Object.assign(currentTrace() ?? {}, { platform: 'trusted-application', guestId });
      await step('storage', () => Promise.resolve());
      return found;
    });
    expect(lines).toEqual([
      {
        level: 'information',
        line: {
          endpoint: 'GetGuest',
          status: 200,
          platform: 'trusted-application',
          guestId,
          correlationId: invocationId,
          elapsedMs: expect.any(Number) as number,
          steps: { storage: expect.any(Number) as number },
        },
      },
    ]);
  });

  test('of a problem has its code, and of its causes name, code and status', async () => {
    const cause = Object.assign(
      new Error('upstream text', { cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) }),
      {
        name: 'RestError',
        statusCode: 404,
        details: { url: 'https://secret.example' },
      },
    );
    const { lines } = await through(
      failing(new Problem('platform-refused', 'Try again.', { reason: 'answer-unusable', cause })),
    );
    expect(lines).toEqual([
      {
        level: 'error',
        line: {
          endpoint: 'GetGuest',
          guestId: 'g'.repeat(43),
          status: 502,
          code: 'platform-refused',
          reason: 'answer-unusable',
          correlationId: invocationId,
          elapsedMs: expect.any(Number) as number,
          steps: {},
          causes: [
            { name: 'RestError', status: 404 },
            { name: 'Error', code: 'ECONNREFUSED' },
          ],
        },
      },
    ]);
  });

  test('of a mistake of the caller is no error', async () => {
    const { lines } = await through(failing(new Problem('guest-not-found', 'Issue a token first.')));
    expect(lines.map(({ level }) => level)).toEqual(['information']);
  });

  test.each([
    ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '4bf92f3577b34da6a3ce929d0e0e4736'],
    ['00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01', invocationId],
    ['nonsense', invocationId],
    ['', invocationId],
  ])('of a caller with traceparent %j is correlated by %s', async (traceparent, correlationId) => {
    const { lines } = await through(() => Promise.resolve(found), { traceparent });
    expect(lines[0]?.line['correlationId']).toBe(correlationId);
  });
});
