import { randomUUID } from 'node:crypto';
import type { Service } from '../../../lib/service.ts';
import { openTable } from '../../../lib/azure/tables.ts';
import { functionKeyHolder, ownerOf, type Caller } from '../../../lib/callers.ts';
import { Meetings, type CreatedMeeting, type Idempotency } from '../../../lib/meetings/meetings.ts';
import { Unconfirmed, type MeetingPlatform, type MeetingRequest } from '../../../lib/platforms/platform.ts';
import { Problem } from '../../../lib/problem.ts';
import { readSettings } from '../../../lib/settings.ts';
import type { Fault } from '../../../local/simulator/faults.ts';
import type { Operation } from '../../../local/simulator/operations.ts';
import { adjustableClock } from '../../races/adjustableClock.ts';
import { startAgeingCloud } from '../../races/ageingCloud.ts';
import { SecretScan } from '../../secrecy/secretScan.ts';
import type { TestCloud } from '../../support/testCloud.ts';
import { until } from '../../support/until.ts';
import { fixedRing, ringLine } from '../sealing/ringKeys.ts';

const clock = adjustableClock();
let cloud: TestCloud;
let app: Service;
let key: string;

beforeAll(async () => {
  cloud = await startAgeingCloud(clock);
});

beforeEach(async () => {
  await cloud.simulator.world.reset();
  cloud.simulator.world.entra.tokenLifetimeSeconds = 10 * 365 * 86_400;
  app = newApp();
  key = randomUUID();
});

afterAll(() => cloud.stop());

const newApp = (changes: Record<string, string> = {}): Service => cloud.newApp(changes, clock.now);
const create = (request: MeetingRequest = {}, by = app, caller: Caller = functionKeyHolder): Promise<CreatedMeeting> =>
  by.createMeeting(request, { caller, key }, AbortSignal.timeout(15_000));
const application = (appId: string): Caller => ({ kind: 'application', appId });
const made = () => cloud.simulator.world.platform.meetings;
const breakMeetings = (fault: Fault): void => {
  cloud.simulator.world.faults.set('platform.meetings', fault);
};
const rows = () => cloud.rows('meetingRequests');
const hours = (count: number): number => count * 3_600_000;

describe('one key', () => {
  it('and one body is one meeting, in any process, however often it is sent', async () => {
    const request = { subject: 'Loan', accessLevel: 'Invited', attendees: ['sip:jane@contoso.example'] } as const;
    const first = await create(request);
    expect(first).toMatchObject({ meetingUrl: made()[0]?.joinUrl, platform: 'trusted-application' });
    for (const by of [app, newApp(), newApp()]) expect(await create(request, by)).toEqual(first);
    expect(made()).toMatchObject([{ subject: 'Loan', accessLevel: 'Invited' }]);
  });

  it('and one body in another order of its fields is the same request', async () => {
    const expirationTime = new Date(clock.now() + hours(2));
    const first = await create({ subject: 'Loan', description: 'Terms', expirationTime });
    expect(await create({ expirationTime: new Date(expirationTime), description: 'Terms', subject: 'Loan' })).toEqual(
      first,
    );
    expect(await create({ subject: 'Loan', description: 'Terms', leaders: undefined, expirationTime })).toEqual(first);
    expect(made()).toHaveLength(1);
  });

  it.each<[string, MeetingRequest]>([
    ['another subject', { subject: 'loan', attendees: ['sip:a@contoso.example', 'sip:b@contoso.example'] }],
    [
      'a field more',
      { subject: 'Loan', description: '', attendees: ['sip:a@contoso.example', 'sip:b@contoso.example'] },
    ],
    ['a field less', { subject: 'Loan' }],
    ['its people in another order', { subject: 'Loan', attendees: ['sip:b@contoso.example', 'sip:a@contoso.example'] }],
    ['its people in another field', { subject: 'Loan', leaders: ['sip:a@contoso.example', 'sip:b@contoso.example'] }],
  ])('with %s belongs to another request', async (_, other) => {
    const request = { subject: 'Loan', attendees: ['sip:a@contoso.example', 'sip:b@contoso.example'] };
    const first = await create(request);
    await expect(create(other)).rejects.toMatchObject({ code: 'idempotency-key-reused' });
    expect(made()).toHaveLength(1);
    expect(await create(request)).toEqual(first);
  });

  it('with another body is refused while the first is under way, too', async () => {
    breakMeetings({ status: 504 });
    await expect(create({ subject: 'Loan' })).rejects.toMatchObject({ code: 'platform-timeout' });
    await expect(create({ subject: 'Lease' })).rejects.toMatchObject({ code: 'idempotency-key-reused' });
    await expect(create({ subject: 'Loan' })).rejects.toMatchObject({ code: 'request-in-progress' });
  });

  it('of another caller, or another key, is another meeting', async () => {
    const callers = [functionKeyHolder, application('application-a'), application('application-b')];
    const meetings = await Promise.all(callers.map((caller) => create({ subject: 'Loan' }, app, caller)));
    key = `${key}x`;
    meetings.push(await create({ subject: 'Loan' }));
    expect(new Set(meetings.map(({ meetingUrl }) => meetingUrl)).size).toBe(4);
    // A caller cannot reach another one's request by writing its id into the key.
    key = 'application-a\nCreateMeeting\n'.padEnd(40, 'k');
    await create({ subject: 'Loan' });
    expect(made()).toHaveLength(5);
  });

  it('gives the meeting for 24 hours, and another one then, whether the row was purged or not', async () => {
    const first = await create();
    clock.advance({ hours: 24, milliseconds: -1 });
    expect(await create()).toEqual(first);
    clock.advance({ milliseconds: 1 });
    const second = await create();
    expect(second.meetingUrl).not.toBe(first.meetingUrl);
    clock.advance({ hours: 24, milliseconds: 1 });
    expect((await app.purge()).deleted['meetingRequests']).toBeGreaterThan(0);
    expect(await rows()).toEqual([]);
    await create();
    expect(made()).toHaveLength(3);
  });

  it('gives the meeting even after the end that was asked for', async () => {
    const request = { expirationTime: new Date(clock.now() + hours(1)) };
    const first = await create(request);
    clock.advance({ hours: 2 });
    expect(await create(request)).toEqual(first);
  });
});

describe('no key', () => {
  it('makes a meeting each time, and keeps nothing', async () => {
    const before = await rows();
    for (let times = 0; times < 2; times += 1) {
      await app.createMeeting({}, undefined, AbortSignal.timeout(15_000));
    }
    expect(made()).toHaveLength(2);
    expect(await rows()).toEqual(before);
  });
});

describe('the end of a meeting', () => {
  it.each([
    ['in the past', () => clock.now() - 1],
    ['now', () => clock.now()],
    [
      'more than ten years ahead',
      () => new Date(clock.now()).setUTCFullYear(new Date(clock.now()).getUTCFullYear() + 10) + 1,
    ],
  ])('may not be %s, and the key is as good as new', async (_, at) => {
    await expect(create({ expirationTime: new Date(at()) })).rejects.toMatchObject({
      code: 'invalid-request',
      errors: [{ pointer: '/expirationTime' }],
    });
    expect(made()).toEqual([]);
    await create({ subject: 'Something else' });
    expect(made()).toHaveLength(1);
  });

  it('may be ten years ahead to the millisecond, as the platform takes it', async () => {
    const expirationTime = new Date(clock.now());
    expirationTime.setUTCFullYear(expirationTime.getUTCFullYear() + 10);
    expect((await create({ expirationTime })).expiryTime).toEqual(expirationTime);
  });
});

describe('a platform that says no', () => {
  it.each<[string, Fault, string]>([
    ['to the options', { status: 400 }, 'platform-refused'],
    ['to the application', { status: 403 }, 'platform-refused'],
    [
      'because there are too many meetings',
      { status: 409, body: '{"subcode":"TooManyOnlineMeetings"}' },
      'platform-refused',
    ],
    ['because it is asked too often', { status: 429, headers: { 'Retry-After': '9' } }, 'too-many-requests'],
    ['because the application is elsewhere', { status: 404 }, 'platform-unavailable'],
    ['because the application is gone', { status: 410 }, 'platform-unavailable'],
  ])('%s leaves the key free at once', async (_, fault, code) => {
    const before = await rows();
    breakMeetings(fault);
    await expect(create()).rejects.toMatchObject({ code });
    expect(await rows()).toEqual(before);
    cloud.simulator.world.faults.clear();
    // Another body too: nothing was carried out under this key.
    await create({ subject: 'Corrected' });
    expect(made()).toHaveLength(1);
  });

  it.each([
    ['does not create any', { MEETING_PLATFORMS: 'ucwa' }, []],
    ['was not given the permission', {}, ['adhocMeetings']],
  ])('because it %s leaves the key free', async (_, changes, missingLinks) => {
    cloud.simulator.world.platform.missingLinks = missingLinks;
    const before = await rows();
    await expect(create({}, newApp(changes))).rejects.toMatchObject({ code: 'capability-missing' });
    expect(await rows()).toEqual(before);
    cloud.simulator.world.platform.missingLinks = [];
    await create({}, newApp());
    expect(made()).toHaveLength(1);
  });

  it.each<[string, Operation, Fault, string]>([
    ['discovery fails', 'platform.discover', { status: 503 }, 'platform-unavailable'],
    ['discovery makes no sense', 'platform.application', { malformed: true }, 'platform-refused'],
    ['Entra is out of order', 'entra.token', { status: 500 }, 'platform-unavailable'],
  ])('is not asked at all where %s, and the key stays free', async (_, operation, fault, code) => {
    const before = await rows();
    cloud.simulator.world.faults.set(operation, fault);
    await expect(create({}, newApp())).rejects.toMatchObject({ code });
    expect(await rows()).toEqual(before);
    cloud.simulator.world.faults.clear();
    await create({}, newApp());
    expect(made()).toHaveLength(1);
  });

  it('is not asked at all where it has been out of order, and the key stays free', async () => {
    breakMeetings({ status: 503 });
    for (let outage = 0; outage < 5; outage += 1) {
      key = randomUUID();
      await expect(create()).rejects.toMatchObject({ code: 'platform-unavailable' });
    }
    const [before, calls] = [await rows(), cloud.simulator.world.counts()['platform.meetings']];
    key = randomUUID();
    await expect(create()).rejects.toMatchObject({ code: 'platform-unavailable' });
    expect(cloud.simulator.world.counts()['platform.meetings']).toBe(calls);
    expect(await rows()).toEqual(before);
  });

  it('is not asked at all where the credentials are refused, and the key stays free', async () => {
    cloud.simulator.world.secrets.set('entra-client-secret', 'wrong');
    cloud.simulator.world.entra.acceptedSecrets = ['right'];
    const before = await rows();
    await expect(create({}, newApp())).rejects.toMatchObject({ code: 'platform-refused' });
    expect(await rows()).toEqual(before);
  });
});

describe('a platform of which nobody knows whether it made the meeting', () => {
  it.each<[string, Fault, string]>([
    ['timed out', { status: 504 }, 'platform-timeout'],
    ['failed', { status: 500 }, 'platform-unavailable'],
    ['was cut off', { cut: 'before-answer' }, 'platform-unavailable'],
    ['was cut off in its answer', { cut: 'mid-body' }, 'platform-unavailable'],
    ['answered rubbish', { malformed: true }, 'platform-refused'],
    ['answered too much', { oversize: true }, 'platform-refused'],
  ])('because it %s is asked once, and again only when the claim has lapsed', async (_, fault, code) => {
    const callsBefore = cloud.simulator.world.counts()['platform.meetings'];
    const calls = () => cloud.simulator.world.counts()['platform.meetings'] - callsBefore;
    breakMeetings(fault);
    await expect(create()).rejects.toMatchObject({ code });
    expect(calls()).toBe(1);
    cloud.simulator.world.faults.clear();
    for (const [seconds, retryAfterSeconds] of [
      [0, 5],
      [54, 5],
      [3, 3],
      [2, 1],
    ] as const) {
      clock.advance({ seconds });
      await expect(create({}, newApp())).rejects.toMatchObject({ code: 'request-in-progress', retryAfterSeconds });
    }
    expect(calls()).toBe(1);
    clock.advance({ seconds: 1 });
    const meeting = await create();
    expect(calls()).toBe(2);
    // The documented orphan: what the first attempt made, if anything, is known to nobody.
    expect(meeting.meetingUrl).toBe(made().at(-1)?.joinUrl);
    expect(made().length).toBe(fault.status === undefined ? 2 : 1);
    expect(await create()).toEqual(meeting);
  });

  it('delivers the meeting that comes late, when the claim was taken over meanwhile', async () => {
    breakMeetings({ delayMs: 1_500, times: 1 });
    const late = create();
    const calls = () => cloud.simulator.world.counts()['platform.meetings'];
    await until(() => calls() === 1);
    clock.advance({ seconds: 60 });
    const early = await create({}, newApp());
    const orphan = await late;
    expect(orphan.meetingUrl).not.toBe(early.meetingUrl);
    for (const by of [app, newApp()]) expect(await create({}, by)).toEqual(early);
    expect(made()).toHaveLength(2);
  });
});

describe('the stored request', () => {
  const setRing = (...kids: string[]): void => {
    cloud.simulator.world.secrets.set('guest-keys', kids.map((kid) => ringLine(kid)).join('\n'));
  };
  const subject = 'A loan for Jane Doe, Friday at ten';
  const description = 'She is behind with the old one';
  const createLoan = (by: Service, caller?: Caller): Promise<CreatedMeeting> =>
    create({ subject, description, attendees: ['sip:advisor.one@contoso.example'] }, by, caller);

  beforeEach(() => {
    setRing('k1');
  });

  it('the row shows neither what was asked, nor the meeting, nor the key: under way or done', async () => {
    const scan = new SecretScan();
    const caller = application(randomUUID());
    scan.add('the key', key);
    scan.add('the caller', ownerOf(caller) ?? '');
    scan.add('the subject', subject);
    scan.add('the description', 'She is behind with the old one');
    scan.add('the attendee', 'sip:advisor.one@contoso.example');
    const before = await rows();
    const newRows = async () =>
      (await rows()).filter(({ rowKey, partitionKey }) =>
        before.every((row) => row['partitionKey'] !== partitionKey || row['rowKey'] !== rowKey),
      );

    cloud.simulator.world.faults.set('platform.meetings', { cut: 'before-answer', times: 1 });
    await expect(createLoan(newApp(), caller)).rejects.toMatchObject({ code: 'platform-unavailable' });
    const underWay = await newRows();
    expect(underWay).toMatchObject([{ rowKey: 'request', state: 'claimed' }]);
    clock.advance({ seconds: 61 });
    const { meetingUrl, onlineMeetingUri, organizerUri } = await createLoan(newApp(), caller);
    scan.add('the meeting URL', meetingUrl);
    scan.add('the conference', onlineMeetingUri ?? '');
    scan.add('the organizer', organizerUri ?? '');
    const done = await newRows();
    expect(done).toMatchObject([{ rowKey: 'request', state: 'done' }]);
    expect(scan.findIn(JSON.stringify([underWay, done]))).toEqual([]);
    expect(Object.keys(done[0] ?? {}).sort()).toEqual(
      ['claimedAt', 'etag', 'expiresAt', 'partitionKey', 'rowKey', 'sealed', 'state', 'timestamp', 'writeId'].sort(),
    );
  });

  it('the ring may be rotated between a request and its repetition, and between claim and reply', async () => {
    const first = await createLoan(newApp());
    setRing('k2', 'k1');
    expect(await createLoan(newApp())).toEqual(first);
    setRing('k3', 'k2', 'k1');
    // A process that knows an older ring reads it again when it meets a key that it does not know.
    const knowsOld = newApp();
    expect(await createLoan(knowsOld)).toEqual(first);
    key = randomUUID();
    setRing('k4', 'k3');
    const sealedByNew = await createLoan(newApp());
    expect(await createLoan(knowsOld)).toEqual(sealedByNew);
    expect(made()).toHaveLength(2);
  });

  it('a reply whose key is gone is not replaced by another meeting: it may come back', async () => {
    const first = await createLoan(newApp());
    setRing('k2');
    await expect(createLoan(newApp())).rejects.toMatchObject({ code: 'secrets-unavailable' });
    expect(made()).toHaveLength(1);
    setRing('k2', 'k1');
    expect(await createLoan(newApp())).toEqual(first);
  });

  it('a sealed reply opens in its own row only, and untouched', async () => {
    const app = newApp();
    const before = (await rows()).map(({ partitionKey }) => partitionKey);
    await createLoan(app);
    const [row] = (await rows()).filter(({ partitionKey }) => !before.includes(partitionKey));
    key = randomUUID();
    await createLoan(app);
    const [other] = (await rows()).filter(
      ({ partitionKey }) => !before.includes(partitionKey) && partitionKey !== row?.['partitionKey'],
    );
    const place = { partitionKey: String(other?.['partitionKey']), rowKey: 'request' };
    for (const sealed of [String(row?.['sealed']), String(other?.['sealed']).slice(0, -2), 's1.k1.no', '']) {
      await cloud.table('meetingRequests').updateEntity({ ...place, sealed }, 'Merge');
      await expect(createLoan(app)).rejects.toMatchObject({ code: 'internal' });
    }
    expect(made()).toHaveLength(2);
  });
});

describe('the request id that the platform is given', () => {
  const asked: string[] = [];
  let fail: () => Error | undefined;
  const meeting = { meetingUrl: 'https://meet.example/1', expiryTime: new Date() };
  /** A platform that only creates meetings. */
  const platform: MeetingPlatform = {
    name: 'recorder',
    identity: 'none',
    longestTokenLifeSeconds: 1,
    readLink: () => undefined,
    issue: () => Promise.reject(new Error('no tokens here')),
    reissue: () => Promise.reject(new Error('no tokens here')),
    check: () => Promise.resolve([]),
    createMeeting: (_meeting, requestId) => {
      asked.push(requestId);
      const error = fail();
      return error ? Promise.reject(error) : Promise.resolve(meeting);
    },
  };
  const meetings = () =>
    new Meetings({
      table: openTable(readSettings(cloud.environment), 'meetingRequests'),
      ring: fixedRing(ringLine('k1')),
      platforms: [platform],
      now: clock.now,
    });
  const ask = (idempotency?: Idempotency) => meetings().create({}, idempotency, AbortSignal.timeout(15_000));

  beforeEach(() => {
    asked.length = 0;
    fail = () => undefined;
  });

  it('is the same when a claim is taken over, and another one after the key was kept long enough', async () => {
    const idempotency = { caller: functionKeyHolder, key };
    fail = () => new Unconfirmed(new Problem('platform-timeout', 'It did not answer.'));
    await expect(ask(idempotency)).rejects.toMatchObject({ code: 'platform-timeout' });
    clock.advance({ seconds: 60 });
    fail = () => undefined;
    await ask(idempotency);
    expect(asked).toHaveLength(2);
    expect(asked[1]).toBe(asked[0]);
    clock.advance({ hours: 24 });
    await ask(idempotency);
    expect(asked).toHaveLength(3);
    expect(asked[2]).not.toBe(asked[0]);
  });

  it('is random, with a key and without', async () => {
    await ask({ caller: functionKeyHolder, key });
    await ask({ caller: application('application-a'), key });
    await ask();
    await ask();
    expect(new Set(asked).size).toBe(4);
    for (const requestId of asked) expect(requestId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });
});
