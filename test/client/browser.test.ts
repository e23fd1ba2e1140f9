import { gzipSync } from 'node:zlib';
import { createContext, runInContext } from 'node:vm';
import type * as client from '../../client/client.ts';
import { meetingUrl } from '../support/testCloud.ts';
import { functionKey } from '../support/testHost.ts';
import { until } from '../support/until.ts';
import { bundleForBrowsers, type Bundle } from './bundledClient.ts';
import { startServedClient, type ServedClient } from './servedClient.ts';

let served: ServedClient;
let bundle: Bundle;

beforeAll(async () => {
  [served, bundle] = await Promise.all([startServedClient(), bundleForBrowsers('iife')]);
});
afterEach(() => served.mend());
afterAll(() => served.stop());

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
function loadInPage(globals: Partial<ReturnType<typeof webGlobals>> = {}): typeof client {
  const page = createContext({ ...webGlobals(), ...globals });
  runInContext(bundle.code, page);
  return (page as { anonymousJoin: typeof client }).anonymousJoin;
}

test('the client is one small file without dependencies', () => {
  expect(bundle.imports).toEqual([]);
  expect(bundle.inputs.filter((path) => !path.startsWith('client/') && path !== '<stdin>')).toEqual([]);
  expect(bundle.code).not.toMatch(/node:|require\(|process\.|Buffer/);
  expect(gzipSync(bundle.code).length).toBeLessThan(6_000);
});

test('a module that only Node has would not get into it', async () => {
  await expect(bundleForBrowsers('iife', "import 'node:fs';")).rejects.toThrow('node:fs');
});

test('a page issues a token, rejoins as the same guest, and is told of problems', async () => {
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

test('what a listener throws is an error of the page, and breaks no renewal', async () => {
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
