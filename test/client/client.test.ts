import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { createContext, runInContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import type * as clientModule from '../../client/client.ts';
import type * as guestModule from '../../client/guest/guest.ts';
import { connectTo, type Connections, type GuestNetwork } from '../../local/guestNetwork.ts';
import { meetingUrl, otherMeetingUrl } from '../support/testCloud.ts';
import { functionKey } from '../support/testHost.ts';
import { until } from '../support/until.ts';
import { bundleForBrowsers, type Bundle } from './bundledClient.ts';
import { problemOf, startServedClient, type ServedClient } from './servedClient.ts';

let served: ServedClient;
let bundle: Bundle;
let guestBundle: Bundle;
let connections: Connections;

beforeAll(async () => {
  const guestPart = "export * from './guest/guest.ts';";
  [served, bundle, guestBundle] = await Promise.all([
    startServedClient({ PUBLIC_BASE_URL: 'https://join.contoso.example' }),
    bundleForBrowsers('iife'),
    bundleForBrowsers('iife', guestPart),
  ]);
  connections = connectTo(served.cloud.simulator.platform.port);
});
afterEach(() => served.mend());
afterAll(async () => {
  connections.stop();
  await served.stop();
});

/** The first example of client/README.md, with the deployment, the key and the meeting of the test. */
function example(): string {
  const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(readFileSync('client/README.md', 'utf8')) ?? [];
  const replaced = [
    ["'https://join.contoso.com'", served.service.host.url],
    ["'the function key'", functionKey],
    ["'https://meet.lync.com/contoso/john/5LB7MRBC'", meetingUrl],
  ] as const;
  return replaced.reduce((text, [written, real]) => {
    if (!text.includes(written)) throw new Error(`the example has no ${written}`);
    return text.replace(written, JSON.stringify(real));
  }, code);
}

// The first test, because the example's guest has to be the only one.
test('the example of the README does what it says', async () => {
  const { code } = await bundleForBrowsers('esm', example());
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code]);
  expect(stderr).toBe('');
  expect(stdout.split('\n')).toEqual([
    expect.stringMatching(/^renewed until \d{4}-\d\d-\d\dT[\d:.]+Z$/),
    'the same participant: true',
    expect.stringMatching(/^guest-removed [A-Z].*\.$/),
    '',
  ]);
  const participants = new Set(served.world.platform.issued.map(({ applicationSessionId }) => applicationSessionId));
  expect(participants.size).toBe(1);
  expect(await served.cloud.rows('guests')).toMatchObject([{ state: 'removed' }]);
});

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

test('a session id that the caller chooses gives the same guest each time', async () => {
  const client = served.newClient();
  const applicationSessionId = 'a-session-of-the-callers-own-choice';
  const first = await client.issue({ meetingUrl, applicationSessionId });
  const second = await client.issue({ meetingUrl, applicationSessionId });
  expect(first.applicationSessionId).toBe(applicationSessionId);
  expect(second.guestId).toBe(first.guestId);
});

test('a search finds all guests of a meeting, over several pages', async () => {
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

test('a meeting is created with the given options, and joined', async () => {
  const client = served.newClient();
  const meeting = await client.createMeeting({ subject: 'Loan advice', accessLevel: 'Everyone' });
  expect(served.world.platform.meetings).toMatchObject([{ subject: 'Loan advice', joinUrl: meeting.meetingUrl }]);
  expect(served.proxy.passed[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  expect(await client.preflight({ meetingUrl: meeting.meetingUrl })).toMatchObject({ platform: 'trusted-application' });
  expect(await client.issue({ meetingUrl: meeting.meetingUrl })).toMatchObject({ meetingUrl: meeting.meetingUrl });
});

test('preflight fails for a link that no platform accepts', async () => {
  const preflight = await served.newClient().preflight({ meetingUrl: 'https://elsewhere.example/meeting' });
  expect(preflight.status).toBe('fail');
  expect(preflight.reasons[0]).toMatchObject({ status: 'fail' });
});

test('the health status needs no key, whatever it is, and the full report needs one', async () => {
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

test('a function key goes into its header, and the token function is called for every request', async () => {
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

test('an error of the token function comes as it is, and nothing is sent', async () => {
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

/** What a page has, of what the client may use. */
const webGlobals = () => ({
  AbortController,
  AbortSignal,
  DOMException,
  URL,
  clearTimeout,
  crypto,
  fetch,
  queueMicrotask,
  setTimeout,
});

/** The bundle as a page runs it: in a realm of its own, with nothing of Node. */
function loadInPage(globals: Partial<ReturnType<typeof webGlobals>> = {}): typeof clientModule {
  const page = createContext({ ...webGlobals(), ...globals });
  runInContext(bundle.code, page);
  return (page as { anonymousJoin: typeof clientModule }).anonymousJoin;
}

test('the client is one small file without dependencies', () => {
  expect(bundle.imports).toEqual([]);
  expect(bundle.inputs.filter((path) => !path.startsWith('client/') && path !== '<stdin>')).toEqual([]);
  expect(bundle.code).not.toMatch(/node:|require\(|process\.|Buffer/);
  expect(gzipSync(bundle.code).length).toBeLessThan(6_000);
});

test('a bundle with a module of Node fails', async () => {
  await expect(bundleForBrowsers('iife', "import 'node:fs';")).rejects.toThrow('node:fs');
});

test('a page issues a token, rejoins as the same guest, and gets typed problems', async () => {
  const { createAnonymousJoinClient, AnonymousJoinProblem } = loadInPage();
  const page = createAnonymousJoinClient({ baseUrl: served.proxy.url, authorize: functionKey });
  served.proxy.lose('before-answer');
  const join = await page.issue({ meetingUrl });
  expect(join.token).toBe(served.world.platform.issued.at(-1)?.token);

  const guest = page.keepFresh(join);
  expect(await guest.rejoin()).toMatchObject({ guestId: join.guestId, identityPreserved: true });
  guest.stop();
  await page.removeGuest(join.guestId);
  const { applicationSessionId } = join;
  const problem: unknown = await page.rejoin({ applicationSessionId }).catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(AnonymousJoinProblem);
  expect(problem).toMatchObject({ code: 'guest-removed', status: 410 });
});

test('what a listener throws is an error of the page, and does not end renewal', async () => {
  const thrown: unknown[] = [];
  const { createAnonymousJoinClient } = loadInPage({
    queueMicrotask(callback) {
      queueMicrotask(() => {
        try {
          callback();
        } catch (error) {
          thrown.push(error);
        }
      });
    },
  });
  const page = createAnonymousJoinClient({ baseUrl: served.proxy.url, authorize: functionKey });
  const mistake = new Error('of the listener');
  const guest = page.keepFresh(await page.issue({ meetingUrl }), {
    onToken: () => {
      throw mistake;
    },
  });
  for (let count = 1; count <= 2; count++) {
    expect(await guest.rejoin()).toMatchObject({ rejoinCount: count });
    await until(() => thrown.length === count);
  }
  guest.stop();
  expect(thrown).toEqual([mistake, mistake]);
});

/** The guest's part as a page runs it: in a realm of its own, with nothing of Node. */
function guestInPage(): typeof guestModule {
  const realm = createContext({ AbortController, URL, clearTimeout, crypto, queueMicrotask, setTimeout });
  runInContext(guestBundle.code, realm);
  return (realm as { anonymousJoin: typeof guestModule }).anonymousJoin;
}

const roster = () => served.world.meetings.all.flatMap((room) => room.roster);

async function joinAsPage(): Promise<{
  join: clientModule.AnonymousToken;
  network: GuestNetwork;
  session: guestModule.GuestSession;
}> {
  const client = served.newClient();
  const join = await client.issue({ meetingUrl });
  const { applicationSessionId } = join;
  const network = connections.newNetwork();
  const session = guestInPage().joinMeeting({
    join,
    rejoin: (options) => client.rejoin({ applicationSessionId }, options),
    displayName: 'Dana',
    fetch: network.fetch,
    reconnect: { firstPauseMs: 5 },
  });
  await until(() => session.state.name === 'joined');
  return { join, network, session };
}

test('the guest’s part is one small file without dependencies', () => {
  const { inputs, imports, code } = guestBundle;
  expect(imports).toEqual([]);
  expect(inputs.filter((path) => !path.startsWith('client/') && path !== '<stdin>')).toEqual([]);
  expect(code).not.toMatch(/node:|require\(|process\.|Buffer/);
  expect(gzipSync(code).length).toBeLessThan(9_000);
});

test('a page joins with the service’s token, drops out, and is back as the same participant', async () => {
  const { network, session } = await joinAsPage();
  const [before] = roster();
  network.setLost(true);
  await until(() => session.state.name === 'reconnecting');
  network.setLost(false);
  await until(() => session.state.name === 'joined');
  expect(roster()).toMatchObject([{ id: before?.id, endpoint: before?.endpoint, joins: 2 }]);
  await session.leave();
  expect(roster()).toEqual([]);
});

test('a guest whom the advisor has removed stays in until its connection drops, and does not come back', async () => {
  const { join, network, session } = await joinAsPage();
  await served.newClient().removeGuest(join.guestId);
  expect(session.state.name).toBe('joined');
  network.setLost(true);
  await until(() => session.state.name === 'failed');
  network.setLost(false);
  expect(session.state).toMatchObject({ reason: 'guest-removed', refusal: { code: 'guest-removed', status: 410 } });
});

test('a guest whom the service does not know any more does not come back', async () => {
  const { join, network, session } = await joinAsPage();
  await served.cloud.table('guests').deleteEntity(join.guestId, 'guest');
  network.setLost(true);
  await until(() => session.state.name === 'failed');
  expect(session.reason).toBe('session-lost');
});
