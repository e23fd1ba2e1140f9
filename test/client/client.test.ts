import { meetingUrl, otherMeetingUrl } from '../support/testCloud.ts';
import { functionKey } from '../support/testHost.ts';
import { problemOf, startServedClient, type ServedClient } from './servedClient.ts';

let served: ServedClient;

beforeAll(async () => {
  served = await startServedClient({ PUBLIC_BASE_URL: 'https://join.contoso.example' });
});

afterEach(() => served.mend());
afterAll(() => served.stop());

test('a guest gets a token, rejoins as the same guest, is found, and is removed', async () => {
  const client = served.newClient();
  const issued = await client.issue({ meetingUrl, allowedOrigins: ['https://www.contoso.example'] });
  expect(issued).toMatchObject({ meetingUrl, platform: 'trusted-application', tokenType: 'Bearer' });
  expect(issued.applicationSessionId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

  const { applicationSessionId, guestId } = issued;
  const rejoined = await client.rejoin({ applicationSessionId });
  expect(rejoined).toMatchObject({ guestId, rejoinCount: 1, identityPreserved: true });
  const [first, second] = served.world.platform.issued;
  expect([first?.token, second?.token]).toEqual([issued.token, rejoined.token]);
  expect(second?.applicationSessionId).toBe(first?.applicationSessionId);

  const guest = await client.getGuest(guestId);
  expect(guest).toMatchObject({ guestId, state: 'active', rejoinCount: 1 });
  expect(await all(client.searchGuests({ meetingUrl }))).toEqual([guest]);

  const removal = await client.removeGuest(guestId);
  expect(await client.removeGuest(guestId)).toEqual(removal);
  expect(await client.getGuest(guestId)).toMatchObject({ state: 'removed' });
});

test('a session that the caller names is that guest, again and again', async () => {
  const client = served.newClient();
  const applicationSessionId = 'a-session-of-the-callers-own-choice';
  const first = await client.issue({ meetingUrl, applicationSessionId });
  const second = await client.issue({ meetingUrl, applicationSessionId });
  expect(first.applicationSessionId).toBe(applicationSessionId);
  expect(second.guestId).toBe(first.guestId);
});

test('all guests of a meeting are found, over as many pages as it takes', async () => {
  const client = served.newClient();
  const ids = new Set<string>();
  for (let round = 0; round < 6; round++) {
    const joins = await Promise.all(Array.from({ length: 10 }, () => client.issue({ meetingUrl: otherMeetingUrl })));
    for (const { guestId } of joins) ids.add(guestId);
  }
  served.proxy.passed.length = 0;
  const found = await all(client.searchGuests({ meetingUrl: otherMeetingUrl }));
  expect(new Set(found.map(({ guestId }) => guestId))).toEqual(ids);
  expect(found).toHaveLength(60);
  expect(served.proxy.passed.length).toBeGreaterThan(1);

  served.proxy.passed.length = 0;
  for await (const { guestId } of client.searchGuests({ meetingUrl: otherMeetingUrl })) {
    expect(ids).toContain(guestId);
    break;
  }
  expect(served.proxy.passed).toHaveLength(1);
});

test('a meeting is created with the options that were given, and joined', async () => {
  const client = served.newClient();
  const meeting = await client.createMeeting({ subject: 'Loan advice', accessLevel: 'Everyone' });
  expect(served.world.platform.meetings).toMatchObject([{ subject: 'Loan advice', joinUrl: meeting.meetingUrl }]);
  expect(served.proxy.passed[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  expect(await client.preflight({ meetingUrl: meeting.meetingUrl })).toMatchObject({ platform: 'trusted-application' });
  expect(await client.issue({ meetingUrl: meeting.meetingUrl })).toMatchObject({ meetingUrl: meeting.meetingUrl });
});

test('a link that no platform accepts is told before the customer clicks', async () => {
  const preflight = await served.newClient().preflight({ meetingUrl: 'https://elsewhere.example/meeting' });
  expect(preflight.status).toBe('fail');
  expect(preflight.reasons[0]).toMatchObject({ status: 'fail' });
});

test('health is told to monitors without a key, whatever the verdict, and in full with one', async () => {
  const anybody = served.newClient({ authorize: undefined });
  const { status } = await anybody.healthStatus();
  expect(['pass', 'warn', 'fail']).toContain(status);
  served.proxy.lose({ status: 503, headers: { 'content-type': 'application/json' }, body: '{"status":"fail"}' });
  expect(await anybody.healthStatus()).toEqual({ status: 'fail' });
  expect(served.proxy.passed).toHaveLength(2);
  expect(await served.newClient().health()).toMatchObject({ checks: expect.any(Array) as unknown[] });
});

test('changes of health are subscribed to once, and unsubscribed from', async () => {
  const client = served.newClient();
  const callbackUrl = `https://${served.cloud.environment['WEBHOOK_HOSTS'] ?? ''}/flows/1`;
  const { subscriptionId } = await client.subscribeToHealth({ callbackUrl });
  expect(await client.subscribeToHealth({ callbackUrl })).toMatchObject({ subscriptionId });
  expect(await served.cloud.rows('healthSubscriptions')).toHaveLength(1);
  expect(await client.unsubscribeFromHealth(subscriptionId)).toMatchObject({ subscriptionId });
  expect((await problemOf(client.unsubscribeFromHealth(subscriptionId))).code).toBe('subscription-not-found');
});

test('a function key goes into its header, and a token is asked for anew for every request', async () => {
  await served.newClient().issue({ meetingUrl });
  expect(served.proxy.passed[0]?.headers).toMatchObject({ 'x-functions-key': functionKey });
  expect(served.proxy.passed[0]?.headers).not.toHaveProperty('authorization');

  let count = 0;
  const client = served.newClient({ authorize: () => Promise.resolve(`token-${++count}`) });
  // The host of this test knows keys only.
  for (let call = 0; call < 2; call++) expect((await problemOf(client.health())).code).toBe('caller-unauthenticated');
  const [, ...proofs] = served.proxy.passed.map(({ headers }) => headers.authorization);
  expect(proofs).toEqual(['Bearer token-1', 'Bearer token-2']);
});

test('what gives the token fails in its own words, and nothing is sent', async () => {
  const signInNeeded = new Error('sign in first');
  const client = served.newClient({ authorize: () => Promise.reject(signInNeeded) });
  await expect(client.issue({ meetingUrl })).rejects.toBe(signInNeeded);
  expect(served.proxy.passed).toEqual([]);
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
