import { build } from 'esbuild';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { Page } from 'playwright-core';
import type { GuestToken } from '../../client/guest/guest.ts';
import type { Service } from '../../lib/service.ts';
import type { Join } from '../../lib/platforms/platform.ts';
import { meetingUrl, startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { until } from '../support/until.ts';
import { startBrowser, type TestBrowser } from './browser.ts';

jest.setTimeout(120_000);

let cloud: TestCloud;
let browser: TestBrowser;
/** A customer's page somewhere on the web, with nothing between it and the platform. */
let web: Server;
let origin: string;
let guestScript: string;
let app: Service;

beforeAll(async () => {
  cloud = await startTestCloud();
  browser = await startBrowser(cloud.simulator.platform.port);
  web = createServer((_, outgoing) => {
    outgoing.setHeader('content-type', 'text/html').end('<!doctype html><title>customer</title>');
  }).listen(0, '127.0.0.1');
  await once(web, 'listening');
  origin = `http://localhost:${(web.address() as AddressInfo).port}`;
  app = cloud.newApp({ ALLOWED_ORIGINS: `${origin},https://www.contoso.example` });
  const { outputFiles } = await build({
    entryPoints: [resolve('client/guest/guest.ts')],
    ...{ bundle: true, write: false, format: 'iife', globalName: 'guest' },
  });
  guestScript = outputFiles.map(({ text }) => text).join('');
});
afterEach(async () => {
  await browser.closeWindows();
  await cloud.simulator.world.reset();
});
afterAll(async () => {
  await browser.stop();
  web.closeAllConnections();
  web.close();
  await cloud.stop();
});

const soon = (): AbortSignal => AbortSignal.timeout(10_000);
const guestTokenOf = ({ token, expiryTime, discoverUrl }: Join): GuestToken => {
  return { token, expiryTime: expiryTime.toISOString(), ...(discoverUrl && { discoverUrl }) };
};

/** Joins in a page of this browser with a token for these origins. */
async function joinFor(allowedOrigins: string[]): Promise<Page> {
  const { join, guest } = await app.issue({ meetingUrl, allowedOrigins }, soon());
  const { applicationSessionId } = guest;
  const page = await browser.open(origin, { ignoreHTTPSErrors: true });
  await page.exposeFunction('rejoin', async () =>
    guestTokenOf((await app.rejoin({ applicationSessionId }, soon())).join),
  );
  await page.evaluate(guestScript + '; globalThis.guest = guest');
  const options = `{ join: ${JSON.stringify(guestTokenOf(join))}, rejoin, displayName: 'Dana', reconnect: { firstPauseMs: 20 } }`;
  await page.evaluate(`globalThis.session = guest.joinMeeting(${options}); undefined`);
  return page;
}

test('a page joins and comes back with nothing between it and the platform, if the token is for its origin', async () => {
  const { world } = cloud.simulator;
  const page = await joinFor([origin]);
  const roster = () => world.meetings.all.flatMap((room) => room.roster);
  await until(() => roster().some(({ state, joins }) => state === 'connected' && joins === 1), 15_000);
  await page.waitForFunction("session.state.name === 'joined'");
  const preflights = world.calls.filter(({ method }) => method === 'OPTIONS').map(({ operation }) => operation);
  expect(preflights).toEqual(expect.arrayContaining(['guest.applications', 'guest.events', 'guest.join']));

  world.guests.endAll();
  await until(() => roster().some(({ joins }) => joins === 2), 15_000);
  await page.waitForFunction("session.state.name === 'joined'");
  expect(roster().map(({ displayName, joins }) => [displayName, joins])).toEqual([['Dana', 2]]);
});

test('with a token for another origin the browser lets no page in', async () => {
  const page = await joinFor(['https://www.contoso.example']);
  await page.waitForFunction("session.state.name === 'reconnecting' && session.reason === 'unreachable'");
  expect(cloud.simulator.world.meetings.all.flatMap((room) => room.roster)).toEqual([]);
});
