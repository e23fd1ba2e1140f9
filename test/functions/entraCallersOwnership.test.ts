import { randomUUID } from 'node:crypto';
import { guestIdOf } from '../../lib/guests/identity.ts';
import { meetingUrl, otherMeetingUrl, startTestCloud, type TestCloud } from '../support/testCloud.ts';
import type { Reply } from '../support/reply.ts';
import { startEntraHost, type EntraHost } from './entraHost.ts';
import { expectProblem } from './problemReply.ts';

let cloud: TestCloud;
let entra: EntraHost;
/** Calls as the application that the guest belongs to, or as another one. */
let asOwner: Caller;
let asOther: Caller;
let applicationSessionId: string;
let guestId: string;

type Caller = (method: string, path: string, body?: unknown, headers?: object) => Promise<Reply>;

beforeAll(async () => {
  cloud = await startTestCloud();
  entra = await startEntraHost(cloud, {});
  const { advisor: user } = cloud.simulator.callers;
  const [owner, other] = [entra.bearer('advisorApp'), entra.bearer('flowConnector', { user })];
  asOwner = (method, path, body, headers) => entra.call({ ...owner, ...headers }, method, `/api/v1/${path}`, body);
  asOther = (method, path, body, headers) => entra.call({ ...other, ...headers }, method, `/api/v1/${path}`, body);
});
beforeEach(async () => {
  applicationSessionId = randomUUID();
  guestId = guestIdOf(applicationSessionId);
  expect((await issue(asOwner)).status).toBe(201);
});
afterAll(async () => {
  await entra.service.stop();
  await cloud.stop();
});

const issue = (as: Caller, url = meetingUrl) =>
  as('POST', 'anonymous-tokens', { meetingUrl: url, applicationSessionId });
const rejoin = (as: Caller) => as('POST', 'rejoin-tokens', { applicationSessionId });
const row = () => cloud.table('guests').getEntity(guestId, 'guest');
const tokens = () => cloud.simulator.world.platform.issued.length;

/** The reply without what names this one occurrence. */
const wording = ({ status, json: { instance, ...rest } }: Reply) => ({ status, ...rest });

async function listed(as: Caller, url = meetingUrl): Promise<unknown[]> {
  const { json } = await as('POST', 'guests/search', { meetingUrl: url });
  return (json['guests'] as { guestId: string }[]).map((guest) => guest.guestId);
}

/** As far as this application can see, there is no such guest: not even whether there is one tells. */
async function expectNoGuestFor(as: Caller): Promise<void> {
  const { etag } = await row();
  const before = tokens();
  const never = guestIdOf(randomUUID());
  for (const method of ['GET', 'DELETE']) {
    const reply = await as(method, `guests/${guestId}`);
    expectProblem(reply, 'guest-not-found');
    expect(wording(reply)).toEqual(wording(await as(method, `guests/${never}`)));
  }
  const rejoined = await rejoin(as);
  expectProblem(rejoined, 'guest-not-found');
  expect(wording(rejoined)).toEqual(wording(await as('POST', 'rejoin-tokens', { applicationSessionId: randomUUID() })));
  for (const url of [meetingUrl, otherMeetingUrl]) {
    expect(await listed(as, url)).not.toContain(guestId);
    const { json } = await as('POST', 'preflight', { meetingUrl: url, applicationSessionId });
    expect(json).toMatchObject({ status: 'fail', session: 'other-meeting' });
    expect(json['reasons']).toContainEqual(
      expect.objectContaining({ code: 'session-bound-to-another-meeting', status: 'fail' }),
    );
    expectProblem(await issue(as, url), 'session-bound-to-another-meeting');
  }
  expect((await row()).etag).toBe(etag);
  expect(tokens()).toBe(before);
}

describe('the guest of another application', () => {
  test('is not there for anybody else, and their id is taken in every meeting', async () => {
    await expectNoGuestFor(asOther);
    expect((await rejoin(asOwner)).json).toMatchObject({ rejoinCount: 1 });
    expect((await issue(asOwner)).status).toBe(200);
    expect(await listed(asOwner)).toContain(guestId);
    expect((await asOwner('GET', `guests/${guestId}`)).json).toMatchObject({ state: 'active', rejoinCount: 2 });
  });

  test('stays out of sight when they were removed; their own application is told', async () => {
    expect((await asOwner('DELETE', `guests/${guestId}`)).status).toBe(200);
    await expectNoGuestFor(asOther);
    expectProblem(await rejoin(asOwner), 'guest-removed');
    expectProblem(await issue(asOwner), 'guest-removed');
  });

  test('leaves their id to whoever asks first when they are forgotten, and their place with it', async () => {
    const expired = { expiresAt: new Date(Date.now() - 1_000) };
    await cloud.table('guests').updateEntity({ partitionKey: guestId, rowKey: 'guest', ...expired }, 'Merge');
    expectProblem(await asOther('GET', `guests/${guestId}`), 'guest-not-found');
    const { json } = await asOther('POST', 'preflight', { meetingUrl, applicationSessionId });
    expect(json).toMatchObject({ session: 'new' });
    expect((await issue(asOther, otherMeetingUrl)).status).toBe(201);
    expect(await row()).toMatchObject({ owner: cloud.simulator.callers.applications.flowConnector.clientId });
    await expectNoGuestFor(asOwner);
    expect((await rejoin(asOther)).json).toMatchObject({ rejoinCount: 1, meetingUrl: otherMeetingUrl });
  });
});

describe('guests of the time of function keys', () => {
  const noLimit = new AbortController().signal;

  test('are nobody’s to applications, and those of applications are nobody’s to holders of keys', async () => {
    const keyed = cloud.newApp();
    await expect(keyed.rejoin({ applicationSessionId }, noLimit)).rejects.toMatchObject({ code: 'guest-not-found' });
    await expect(keyed.remove(guestId)).rejects.toMatchObject({ code: 'guest-not-found' });
    await expect(keyed.search.get(guestId)).rejects.toMatchObject({ code: 'guest-not-found' });
    const { guests } = await keyed.search.inMeeting(meetingUrl);
    expect(guests).toEqual([]);
    await expect(keyed.issue({ meetingUrl, applicationSessionId }, noLimit)).rejects.toMatchObject({
      code: 'session-bound-to-another-meeting',
    });

    applicationSessionId = randomUUID();
    guestId = guestIdOf(applicationSessionId);
    await keyed.issue({ meetingUrl, applicationSessionId }, noLimit);
    await expectNoGuestFor(asOwner);
    await expectNoGuestFor(asOther);
  });
});

test('a health subscription is ended by the application that made it, and by no other', async () => {
  const callback = { callbackUrl: `https://hooks.example/${randomUUID()}` };
  const { json, headers } = await asOwner('POST', 'health-subscriptions', callback);
  const subscription = `health-subscriptions/${String(json['subscriptionId'])}`;
  expect(headers.get('location')).toBe(`https://join.contoso.example/api/v1/${subscription}`);
  expectProblem(await asOther('DELETE', subscription), 'subscription-not-found');

  // The same flow, told by both: two subscriptions, and neither application can end the other's by naming its URL.
  const second = await asOther('POST', 'health-subscriptions', callback);
  expect(second.json['subscriptionId']).not.toBe(json['subscriptionId']);
  expect((await asOther('DELETE', `health-subscriptions/${String(second.json['subscriptionId'])}`)).status).toBe(200);
  expect((await asOwner('POST', 'health-subscriptions', callback)).json).toEqual(json);
  expect((await asOwner('DELETE', subscription)).status).toBe(200);
  expectProblem(await asOwner('DELETE', subscription), 'subscription-not-found');
});

test('the same Idempotency-Key of two applications is two meetings, and of one application one', async () => {
  const key = { 'Idempotency-Key': randomUUID() };
  const create = (as: Caller, subject: string) => as('POST', 'meetings', { subject }, key);
  const { meetings } = cloud.simulator.world.platform;
  const before = meetings.length;
  const [ours, theirs] = await Promise.all([create(asOwner, 'ours'), create(asOther, 'theirs')]);
  expect([ours.status, theirs.status, meetings.length - before]).toEqual([201, 201, 2]);
  expect(ours.json['meetingUrl']).not.toBe(theirs.json['meetingUrl']);
  expect((await create(asOwner, 'ours')).json).toEqual(ours.json);
  expect((await create(asOther, 'theirs')).json).toEqual(theirs.json);
  // Nor does the key tell what another application asked for.
  expectProblem(await create(asOther, 'ours'), 'idempotency-key-reused');
  expect(meetings.length - before).toBe(2);
});

test('no answer says whose a guest is', async () => {
  const replies = [await issue(asOwner), await rejoin(asOwner), await asOwner('GET', `guests/${guestId}`)];
  replies.push(await asOwner('POST', 'guests/search', { meetingUrl }), await asOwner('DELETE', `guests/${guestId}`));
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  const everything = replies.map(({ text, headers }) => text + JSON.stringify([...headers])).join();
  expect(everything).not.toMatch(/owner/i);
  for (const { clientId, objectId } of Object.values(cloud.simulator.callers.applications)) {
    expect(everything).not.toContain(clientId);
    expect(everything).not.toContain(objectId);
  }
});
