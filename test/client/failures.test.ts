import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { createAnonymousJoinClient, type AnonymousJoinClient, type ProblemCode } from '../../client/client.ts';
import { guestIdOf } from '../../lib/guests/identity.ts';
import { problemBody } from '../../lib/http/responses.ts';
import { Problem, problemCatalogue, type ProblemCode as ServiceCode } from '../../lib/problem.ts';
import { meetingUrl, otherMeetingUrl } from '../support/testCloud.ts';
import { functionKey } from '../support/testHost.ts';
import { until } from '../support/until.ts';
import type { Loss } from './lossyProxy.ts';
import { manualClock } from './manualClock.ts';
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

  test('invalid-request, for a field that the types do not have', async () => {
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

test('a code and fields of a later release are kept', async () => {
  const problem = { type: 't', title: 't', status: 409, detail: 'Do this.', instance: 'i', code: 'new', more: true };
  served.proxy.lose({ status: 409, body: JSON.stringify(problem) });
  expect(await problemOf(issued())).toMatchObject({ code: 'new', detail: 'Do this.', transient: false });
  served.proxy.lose({ status: 200, body: '{"status":"maintenance","until":"tonight"}' });
  expect(await client.healthStatus()).toMatchObject({ status: 'maintenance' });
});

test.each(['', '..', 'a/b', 'a?b', '%2e%2e', 'ä'])(
  'the id %j, which would change the path, is not sent',
  async (id) => {
    expect((await problemOf(client.getGuest(id))).code).toBe('invalid-request');
    expect((await problemOf(client.removeGuest(id))).code).toBe('invalid-request');
    expect(served.proxy.passed).toEqual([]);
  },
);

test('a problem has the session id of its guest, and does not print it', async () => {
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

test('the error for a key or token that cannot be sent does not quote it', async () => {
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
])('%s is refused as a base URL', (baseUrl) => {
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

const problemCodes = Object.keys(problemCatalogue) as ServiceCode[];
const sent = (): number => served.proxy.passed.length;
const statuses = () => served.proxy.passed.map(({ status }) => status);

/** The guest's rows in both tables. */
async function rowsOf(applicationSessionId: string): Promise<Record<string, unknown>[]> {
  const guestId = guestIdOf(applicationSessionId);
  const rows = [...(await served.cloud.rows('guests')), ...(await served.cloud.rows('meetingGuests'))];
  return rows.filter(({ partitionKey, rowKey }) => partitionKey === guestId || rowKey === guestId);
}

describe('an answer that is lost after the service has done its work', () => {
  test.each<Loss>(['before-answer', 'mid-body'])(
    '(%s) makes one guest, one participant and one row a table',
    async (loss) => {
      served.proxy.lose(loss, loss);
      const join = await served.newClient().issue({ meetingUrl });
      expect(statuses()).toEqual([201, 200, 200]);
      const participants = served.world.platform.issued.map(({ applicationSessionId }) => applicationSessionId);
      expect(participants).toEqual(Array.from({ length: 3 }, () => join.applicationSessionId));
      expect(join.token).toBe(served.world.platform.issued.at(-1)?.token);
      expect(await rowsOf(join.applicationSessionId)).toHaveLength(2);
    },
  );

  test('makes a rejoin repeat, as the same guest', async () => {
    const client = served.newClient();
    const { applicationSessionId, guestId } = await client.issue({ meetingUrl });
    served.proxy.lose('before-answer');
    const rejoined = await client.rejoin({ applicationSessionId });
    expect(rejoined).toMatchObject({ guestId, rejoinCount: 2, identityPreserved: true });
    expect(await rowsOf(applicationSessionId)).toHaveLength(2);
  });

  test('makes one meeting, with the key of the first try', async () => {
    served.proxy.lose('before-answer', 'mid-body');
    const meeting = await served.newClient().createMeeting({ subject: 'Once' });
    expect(statuses()).toEqual([201, 201, 201]);
    expect(served.world.platform.meetings.map(({ joinUrl }) => joinUrl)).toEqual([meeting.meetingUrl]);
    expect(new Set(served.proxy.passed.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  test('makes one meeting for a caller who comes back with the same key after all tries have failed', async () => {
    const [client, idempotencyKey] = [served.newClient({ retry: { tries: 1 } }), 'booking-2026-11-21-0815-4711'];
    served.proxy.lose('before-answer');
    const problem = await problemOf(client.createMeeting({ subject: 'Once' }, { idempotencyKey }));
    expect(problem.code).toBe('unreachable');
    const meeting = await client.createMeeting({ subject: 'Once' }, { idempotencyKey });
    expect(served.world.platform.meetings.map(({ joinUrl }) => joinUrl)).toEqual([meeting.meetingUrl]);
    expect((await client.createMeeting({ subject: 'Once' })).meetingUrl).not.toBe(meeting.meetingUrl);
  });

  test('removes a guest once', async () => {
    const client = served.newClient();
    const { guestId } = await client.issue({ meetingUrl });
    served.proxy.lose('before-answer');
    expect(await client.removeGuest(guestId)).toMatchObject({ guestId });
  });
});

describe('what may succeed later is repeated', () => {
  test('after refused connections, up to four times, and then as the same guest', async () => {
    const client = served.newClient();
    await served.proxy.setDown(true);
    const problem = await problemOf(client.issue({ meetingUrl }));
    expect(problem).toMatchObject({ code: 'unreachable', status: undefined, transient: true });
    const { applicationSessionId = '' } = problem;

    await served.proxy.setDown(false);
    served.proxy.lose(...Array.from({ length: 4 }, (): Loss => 'before-answer'));
    expect((await problemOf(client.issue({ meetingUrl, applicationSessionId }))).code).toBe('unreachable');
    expect(sent()).toBe(4);
    expect(await client.issue({ meetingUrl, applicationSessionId })).toMatchObject({ applicationSessionId });
    expect(await rowsOf(applicationSessionId)).toHaveLength(2);
  });

  test.each([502, 503, 504])('after a %i of something before the service', async (status) => {
    served.proxy.lose({ status, headers: { 'content-type': 'text/html' }, body: '<h1>Sorry</h1>' });
    await served.newClient().issue({ meetingUrl });
    expect(sent()).toBe(2);
  });

  test('after a 503 of the platform, for as long as the service says', async () => {
    const clock = manualClock();
    const client = served.newClient({ clock, random: () => 0.5, retry: {} });
    await client.issue({ meetingUrl });
    served.world.faults.set('platform.tokens', { status: 503, headers: { 'Retry-After': '7' }, times: 1 });
    const issuing = client.issue({ meetingUrl });
    expect(await clock.pass(15_000)).toBe(7_000 + 225);
    expect((await issuing).token).toBe(served.world.platform.issued.at(-1)?.token);
    expect(statuses()).toEqual([201, 503, 201]);
  });

  test('after a 429 of the platform, which says when by a date', async () => {
    const clock = manualClock();
    const at = Date.now();
    const headers = { date: new Date(at).toUTCString(), 'retry-after': new Date(at + 9_000).toUTCString() };
    served.proxy.lose({ status: 429, headers });
    // A guest's clock that is wrong by a day: what counts is how long after the answer.
    clock.jump(86_400_000);
    const issuing = served.newClient({ clock, random: () => 0, retry: {} }).issue({ meetingUrl });
    expect(await clock.pass(15_000)).toBe(9_000 + 150);
    await issuing;
    expect(sent()).toBe(2);
  });

  test('with pauses that grow, and that differ from caller to caller', async () => {
    const pausesOf = async (random: number): Promise<number[]> => {
      const clock = manualClock();
      await served.proxy.setDown(true);
      const failing = problemOf(served.newClient({ clock, random: () => random, retry: {} }).issue({ meetingUrl }));
      const pauses: number[] = [];
      for (let count = 0; count < 3; count++) pauses.push(await clock.pass(15_000));
      await failing;
      return pauses;
    };
    expect(await pausesOf(0)).toEqual([150, 300, 600]);
    expect(await pausesOf(1)).toEqual([300, 600, 1_200]);
  });

  test('when the same request is still being carried out', async () => {
    const clock = manualClock();
    const body = problemBody(new Problem('request-in-progress', 'Wait.'), randomUUID());
    served.proxy.lose({ status: 409, headers: { 'retry-after': '2' }, body: JSON.stringify(body) });
    const creating = served.newClient({ clock, random: () => 0 }).createMeeting();
    expect(await clock.pass(15_000)).toBe(2_000 + 2.5);
    await creating;
    expect(served.world.platform.meetings).toHaveLength(1);
  });
});

describe('what fails in the same way again is sent once', () => {
  test('a refusal of the platform', async () => {
    served.world.faults.set('platform.tokens', { status: 400 });
    expect((await problemOf(served.newClient().issue({ meetingUrl }))).code).toBe('platform-refused');
    expect(sent()).toBe(1);
  });

  test.each([301, 400, 404, 410, 500, 501])('a %i of something before the service', async (status) => {
    served.proxy.lose({ status, headers: { location: served.service.host.url } });
    expect(await problemOf(served.newClient().issue({ meetingUrl }))).toMatchObject({ status, transient: false });
    expect(sent()).toBe(1);
  });

  test('a request that is not valid', async () => {
    expect(await problemOf(served.newClient().issue({ meetingUrl: 'meet me' }))).toMatchObject({ status: 400 });
    expect(sent()).toBe(1);
  });
});

const transient: readonly string[] = [
  'too-many-requests',
  'request-in-progress',
  'platform-unavailable',
  'platform-timeout',
  'storage-unavailable',
  'secrets-unavailable',
];

test.each(problemCodes.map((code) => [code, transient.includes(code) ? 2 : 1]))(
  'a problem %s of the service keeps its code: of two such answers the client gets %i',
  async (code, tries) => {
    const { status } = problemCatalogue[code];
    const body = JSON.stringify(problemBody(new Problem(code, 'Do this.'), randomUUID()));
    served.proxy.lose({ status, body }, { status, body });
    const problem = await problemOf(served.newClient({ retry: { tries: 2, firstPauseMs: 5 } }).issue({ meetingUrl }));
    expect(problem).toMatchObject({ code, status, detail: 'Do this.', transient: tries === 2 });
    expect(sent()).toBe(tries);
  },
);

describe('a call ends', () => {
  test('when Retry-After is longer than its time: the problem says how long', async () => {
    const client = served.newClient();
    await client.issue({ meetingUrl });
    served.world.faults.set('platform.tokens', { status: 503, headers: { 'Retry-After': '77' } });
    const problem = await problemOf(client.issue({ meetingUrl }));
    expect(problem).toMatchObject({ code: 'platform-unavailable', status: 503, retryAfterSeconds: 77 });
    expect(problem.applicationSessionId).toBeDefined();
    expect(statuses()).toEqual([201, 503]);
  });

  test('when no try is answered: each ends after 20 s, all together after 30 s', async () => {
    const clock = manualClock();
    served.proxy.lose('never', 'never');
    const failing = problemOf(served.newClient({ clock, random: () => 1 }).issue({ meetingUrl }));
    await until(() => sent() === 1);
    expect(await clock.pass(20_000)).toBe(20_000);
    expect(await clock.pass(5_000)).toBe(5);
    await until(() => sent() === 2);
    expect(await clock.pass(20_000)).toBe(10_000 - 5);
    expect((await failing).code).toBe('unreachable');
    expect(clock.timers).toEqual([]);
  });

  test("with the caller's reason when it is aborted: before, in a try, or in a pause", async () => {
    const clock = manualClock();
    const client = served.newClient({ clock });
    const gone = new Error('the page was left');
    await expect(client.issue({ meetingUrl }, { signal: AbortSignal.abort(gone) })).rejects.toBe(gone);
    expect(sent()).toBe(0);

    served.proxy.lose('never');
    const inTry = new AbortController();
    const hanging = client.issue({ meetingUrl }, { signal: inTry.signal });
    await until(() => sent() === 1);
    inTry.abort(gone);
    await expect(hanging).rejects.toBe(gone);

    served.proxy.lose({ status: 503, headers: { 'retry-after': '9' } });
    const inPause = new AbortController();
    const pausing = client.issue({ meetingUrl }, { signal: inPause.signal });
    await until(() => clock.timers.some((ms) => ms < 10_000));
    inPause.abort(gone);
    await expect(pausing).rejects.toBe(gone);
    expect(sent()).toBe(2);
    expect(clock.timers).toEqual([]);
  });
});
