import { randomUUID } from 'node:crypto';
import { guestIdOf } from '../../lib/guests/identity.ts';
import { problemBody } from '../../lib/http/responses.ts';
import { Problem, problemCatalogue, type ProblemCode } from '../../lib/problem.ts';
import { until } from '../support/until.ts';
import { meetingUrl } from '../support/testCloud.ts';
import { manualClock } from './manualClock.ts';
import { problemOf, startServedClient, type ServedClient } from './servedClient.ts';
import type { Loss } from './lossyProxy.ts';

const problemCodes = Object.keys(problemCatalogue) as ProblemCode[];
let served: ServedClient;

beforeAll(async () => {
  served = await startServedClient();
});

afterEach(() => served.mend());
afterAll(() => served.stop());

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
    '(%s) still makes one guest, one participant, one row a table',
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

  test('costs a rejoin a token, and no guest', async () => {
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

describe('what may succeed later is tried again', () => {
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

describe('what stays as it is, is asked once', () => {
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
  'a problem %s of the service is known for what it is: of two answers like it %i are asked for',
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
  test('when the pause that is asked for would be longer than its time: the caller is told how long', async () => {
    const client = served.newClient();
    await client.issue({ meetingUrl });
    served.world.faults.set('platform.tokens', { status: 503, headers: { 'Retry-After': '77' } });
    const problem = await problemOf(client.issue({ meetingUrl }));
    expect(problem).toMatchObject({ code: 'platform-unavailable', status: 503, retryAfterSeconds: 77 });
    expect(problem.applicationSessionId).toBeDefined();
    expect(statuses()).toEqual([201, 503]);
  });

  test('when no try is answered: each is given up after 20 s, all together after 30 s', async () => {
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
