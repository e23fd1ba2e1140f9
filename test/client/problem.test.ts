import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { createAnonymousJoinClient, type AnonymousJoinClient, type ProblemCode } from '../../client/client.ts';
import { meetingUrl, otherMeetingUrl } from '../support/testCloud.ts';
import { functionKey } from '../support/testHost.ts';
import { problemOf, startServedClient, type ServedClient } from './servedClient.ts';

let served: ServedClient;
let client: AnonymousJoinClient;

beforeAll(async () => {
  served = await startServedClient();
  client = served.newClient({ retry: { tries: 1 } });
});

afterEach(() => served.mend());
afterAll(() => served.stop());

type Provocation = () => Promise<unknown>;
const issued = () => client.issue({ meetingUrl });
const removed = async () => {
  const join = await issued();
  await client.removeGuest(join.guestId);
  return join;
};
const broken: Parameters<ServedClient['world']['faults']['set']>[1] = { status: 503 };

describe('problems of the service are typed', () => {
  test.each<[ProblemCode, number, Provocation]>([
    ['invalid-request', 400, () => client.issue({ meetingUrl: 'meet me' })],
    ['payload-too-large', 413, () => client.preflight({ meetingUrl: 'x'.repeat(20_000) })],
    ['meeting-url-not-supported', 400, () => client.issue({ meetingUrl: 'https://elsewhere.example/1' })],
    ['origin-not-allowed', 400, () => client.issue({ meetingUrl, allowedOrigins: ['https://elsewhere.example'] })],
    ['guest-not-found', 404, () => client.rejoin({ applicationSessionId: randomUUID() })],
    ['guest-removed', 410, async () => client.rejoin(pick(await removed()))],
    [
      'session-bound-to-another-meeting',
      409,
      async () => client.issue({ ...pick(await issued()), meetingUrl: otherMeetingUrl }),
    ],
    ['subscription-not-found', 404, () => client.unsubscribeFromHealth('A'.repeat(43))],
    ['callback-not-allowed', 400, () => client.subscribeToHealth({ callbackUrl: 'https://elsewhere.example/' })],
    ['caller-unauthenticated', 401, () => served.newClient({ authorize: 'another-key' }).health()],
  ])('%s', async (code, status, provoke) => {
    const problem = await problemOf(provoke());
    expect(problem).toMatchObject({ name: 'AnonymousJoinProblem', code, status });
    expect(problem.detail).toMatch(/^[A-Z].*\.$/);
  });

  test('invalid-request, for a field that the types would not let through', async () => {
    // @ts-expect-error -- so they are those of the definition
    const problem = await problemOf(client.issue({ meetingUrl, displayName: 'Jo' }));
    expect(problem.errors).toEqual([{ pointer: '/displayName', detail: expect.any(String) as string }]);
  });

  test('idempotency-key-reused', async () => {
    const idempotencyKey = randomUUID();
    await client.createMeeting({ subject: 'One' }, { idempotencyKey });
    const problem = await problemOf(client.createMeeting({ subject: 'Another' }, { idempotencyKey }));
    expect(problem).toMatchObject({ code: 'idempotency-key-reused', status: 422 });
  });

  test.each<[ProblemCode, number, () => void]>([
    [
      'platform-unavailable',
      503,
      () => {
        served.world.faults.set('platform.tokens', broken);
      },
    ],
    [
      'too-many-requests',
      429,
      () => {
        served.world.faults.set('platform.tokens', { status: 429 });
      },
    ],
    [
      'platform-refused',
      502,
      () => {
        served.world.faults.set('platform.tokens', { status: 400 });
      },
    ],
  ])('%s', async (code, status, breakPlatform) => {
    await issued();
    breakPlatform();
    expect(await problemOf(issued())).toMatchObject({ code, status });
  });

  test('every mistake in a request is listed, and a refusal has its reason', async () => {
    const mistakes = await problemOf(client.issue({ meetingUrl: 'meet me', allowedOrigins: [] }));
    expect(mistakes.errors?.map(({ pointer }) => pointer).sort()).toEqual(['/allowedOrigins', '/meetingUrl']);
    expect(mistakes.instance).toMatch(/^urn:uuid:/);
    await issued();
    served.world.faults.set('platform.tokens', { status: 400 });
    expect((await problemOf(issued())).reason).toBe('meeting-rejected');
  });
});

describe('answers that the service did not give are typed', () => {
  test.each<[number, ProblemCode]>([
    [401, 'caller-unauthenticated'],
    [403, 'caller-not-allowed'],
    [404, 'endpoint-not-found'],
    [413, 'payload-too-large'],
    [429, 'too-many-requests'],
    [500, 'internal'],
    [502, 'unreachable'],
    [503, 'unreachable'],
    [504, 'unreachable'],
    [204, 'unexpected-answer'],
    [302, 'unexpected-answer'],
    [418, 'unexpected-answer'],
  ])('%i without a body: %s', async (status, code) => {
    served.proxy.lose({ status, headers: { location: 'https://elsewhere.example/' } });
    expect(await problemOf(issued())).toMatchObject({ code, status });
  });

  test.each<[string, string]>([
    ['the page of a hotel', '<html>Welcome! Please sign in.</html>'],
    ['another JSON', '{"hello":"world"}'],
    ['a list', '[]'],
    ['null', 'null'],
    ['an answer with a field of another type', '{"guestId":7}'],
    ['a time that is none', JSON.stringify({ guestId: 'g', removedAt: 'yesterday', tokensValidUntil: 'tomorrow' })],
  ])('%s with 200: unexpected-answer', async (_, body) => {
    served.proxy.lose({ status: 200, headers: { 'content-type': 'application/json' }, body });
    expect(await problemOf(client.removeGuest('g'))).toMatchObject({ code: 'unexpected-answer', status: 200 });
  });

  test('a list whose pages repeat themselves', async () => {
    const page = { status: 200, body: '{"guests":[],"cursor":"again"}' };
    served.proxy.lose(page, page);
    expect((await problemOf(client.searchGuests({ meetingUrl }).next())).code).toBe('unexpected-answer');
  });

  test('nobody at the other end', async () => {
    await served.proxy.setDown(true);
    expect(await problemOf(issued())).toMatchObject({ code: 'unreachable', status: undefined });
  });
});

test('a code and fields of a later release come through', async () => {
  const problem = { type: 't', title: 't', status: 409, detail: 'Do this.', instance: 'i', code: 'new', more: true };
  served.proxy.lose({ status: 409, body: JSON.stringify(problem) });
  expect(await problemOf(issued())).toMatchObject({ code: 'new', detail: 'Do this.', transient: false });
  served.proxy.lose({ status: 200, body: '{"status":"maintenance","until":"tonight"}' });
  expect(await client.healthStatus()).toMatchObject({ status: 'maintenance' });
});

test.each(['', '..', 'a/b', 'a?b', '%2e%2e', 'ä'])('the id %j would be another path, and is not sent', async (id) => {
  expect((await problemOf(client.getGuest(id))).code).toBe('invalid-request');
  expect((await problemOf(client.removeGuest(id))).code).toBe('invalid-request');
  expect(served.proxy.passed).toEqual([]);
});

test('a problem names its guest to the caller who asks, and to nobody who prints it', async () => {
  await issued();
  served.world.faults.set('platform.tokens', broken);
  const applicationSessionId = randomUUID();
  const calls: Provocation[] = [
    () => client.issue({ meetingUrl, applicationSessionId }),
    () => client.rejoin({ applicationSessionId }),
  ];
  for (const call of calls) {
    const problem = await problemOf(call());
    expect(problem.applicationSessionId).toBe(applicationSessionId);
    for (const shown of [inspect(problem, { depth: 9, showHidden: true }), JSON.stringify(problem), problem.stack]) {
      expect(shown).not.toContain(applicationSessionId);
      expect(shown).not.toContain(functionKey);
      expect(shown).not.toContain(meetingUrl);
    }
  }
});

test('neither a key nor a token that cannot be sent stands in the error', async () => {
  for (const authorize of ['secret\nkey', () => 'secret\ntoken', () => '']) {
    const call = served.newClient({ authorize }).health();
    const error = await call.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TypeError);
    expect(inspect(error, { depth: 9 })).not.toContain('secret');
  }
});

test.each([
  'http://join.contoso.example',
  'ftp://join.contoso.example',
  'https://user:word@join.contoso.example',
  'https://join.contoso.example/?code=key',
  'https://join.contoso.example/#there',
  'join.contoso.example',
])('%s is no base URL', (baseUrl) => {
  expect(() => createAnonymousJoinClient({ baseUrl })).toThrow(/URL|baseUrl/);
});

test.each([
  ['https://join.contoso.example', 'https://join.contoso.example/api/health'],
  ['https://advisor.contoso.example/join/', 'https://advisor.contoso.example/join/api/health'],
  ['http://localhost:7071', 'http://localhost:7071/api/health'],
])('endpoints below %s are called at %s', async (baseUrl, expected) => {
  const called: string[] = [];
  const fetch = (url: string) => {
    called.push(url);
    return Promise.resolve(Response.json({ status: 'pass' }));
  };
  await createAnonymousJoinClient({ baseUrl, fetch }).healthStatus();
  expect(called).toEqual([expected]);
});

function pick({ applicationSessionId }: { applicationSessionId: string }): { applicationSessionId: string } {
  return { applicationSessionId };
}
