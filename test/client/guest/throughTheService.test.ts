import { createContext, runInContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import type * as guestClient from '../../../client/guest/guest.ts';
import type { AnonymousToken } from '../../../client/client.ts';
import { meetingUrl } from '../../support/testCloud.ts';
import { until } from '../../support/until.ts';
import { bundleForBrowsers } from '../bundledClient.ts';
import { startServedClient, type ServedClient } from '../servedClient.ts';
import { connectTo, type Connections, type GuestNetwork } from '../../../local/guestNetwork.ts';

let served: ServedClient;
let connections: Connections;
let page: typeof guestClient;
let code: string;

beforeAll(async () => {
  served = await startServedClient();
  connections = connectTo(served.cloud.simulator.platform.port);
  ({ code } = await bundleForBrowsers('iife', "export * from './guest/guest.ts';"));
  page = loadInPage(code);
});
afterEach(() => served.mend());
afterAll(async () => {
  connections.stop();
  await served.stop();
});

/** As a page runs it: in a realm of its own, with nothing of Node. */
function loadInPage(bundle: string): typeof guestClient {
  const globals = { AbortController, URL, clearTimeout, crypto, queueMicrotask, setTimeout };
  const realm = createContext(globals);
  runInContext(bundle, realm);
  return (realm as { anonymousJoin: typeof guestClient }).anonymousJoin;
}

const roster = () => served.world.meetings.all.flatMap((room) => room.roster);

async function joinAsPage(): Promise<{
  join: AnonymousToken;
  network: GuestNetwork;
  session: guestClient.GuestSession;
}> {
  const client = served.newClient();
  const join = await client.issue({ meetingUrl });
  const { applicationSessionId } = join;
  const network = connections.newNetwork();
  const session = page.joinMeeting({
    join,
    rejoin: (options) => client.rejoin({ applicationSessionId }, options),
    displayName: 'Dana',
    fetch: network.fetch,
    reconnect: { firstPauseMs: 5 },
  });
  await until(() => session.state.name === 'joined');
  return { join, network, session };
}

test('the guest’s part is one small file without dependencies', async () => {
  const { inputs, imports } = await bundleForBrowsers('esm', "export * from './guest/guest.ts';");
  expect(imports).toEqual([]);
  expect(inputs.filter((path) => !path.startsWith('client/') && path !== '<stdin>')).toEqual([]);
  expect(code).not.toMatch(/node:|require\(|process\.|Buffer/);
  expect(gzipSync(code).length).toBeLessThan(9_000);
});

test('a page joins with the service’s token, drops out, and is back as itself', async () => {
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

test('a guest whom the advisor has removed stays in as long as nothing breaks, and does not come back', async () => {
  const { join, network, session } = await joinAsPage();
  await served.newClient().removeGuest(join.guestId);
  expect(session.state.name).toBe('joined');
  network.setLost(true);
  await until(() => session.state.name === 'failed');
  network.setLost(false);
  expect(session.state).toMatchObject({ reason: 'guest-removed', refusal: { code: 'guest-removed', status: 410 } });
});

test('a guest whom the service has forgotten does not come back', async () => {
  const { join, network, session } = await joinAsPage();
  await served.cloud.table('guests').deleteEntity(join.guestId, 'guest');
  network.setLost(true);
  await until(() => session.state.name === 'failed');
  expect(session.reason).toBe('session-lost');
});
