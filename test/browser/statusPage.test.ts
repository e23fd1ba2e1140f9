import type { Fault } from '../../local/simulator/faults.ts';
import type { Operation } from '../../local/simulator/operations.ts';
import { startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { functionKey } from '../support/testHost.ts';
import { barriersOn, sidewaysScroll } from './barriers.ts';
import { keepScreenshots, phone, startBrowser, type TestBrowser } from './browser.ts';

jest.setTimeout(120_000);

const hourMs = 3_600_000;
const platforms = { MEETING_PLATFORMS: 'trusted-application,ucwa' };
const broken: Fault = { status: 500 };

let browser: TestBrowser;

beforeAll(async () => {
  browser = await startBrowser();
});
afterEach(() => browser.closeWindows());
afterAll(() => browser.stop());

/** A day of checks every hour, of which the last two go as the faults make them. */
async function checkForADay(cloud: TestCloud, clock: { now: number }, faults: readonly Operation[]): Promise<void> {
  const app = cloud.newApp(platforms, () => clock.now);
  const end = clock.now;
  for (let hours = 23; hours >= 0; hours--) {
    clock.now = end - hours * hourMs;
    if (hours === 1) for (const operation of faults) cloud.simulator.world.faults.set(operation, broken);
    await app.checkDiscovery(new Date(clock.now + hourMs), () => undefined);
  }
}

test.each<[string, Operation[], string[]]>([
  ['pass', [], []],
  ['warn', ['ucwa.root'], ['ucwa']],
  ['fail', ['ucwa.root', 'platform.application'], ['trusted-application', 'ucwa']],
])('the status page says %s to everybody, in one request', async (status, faults, failing) => {
  const clock = { now: Date.now() };
  const cloud = await startTestCloud({ now: () => clock.now });
  await checkForADay(cloud, clock, faults);
  // The app is one a process, and remembers for a while what it has read: each case has one of its own.
  jest.resetModules();
  const { startTestHost } = await import('../support/testHost.ts');
  const service = await startTestHost(cloud, platforms);
  try {
    const page = await browser.open('about:blank', phone);
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    const address = `${service.host.url}/api/status?code=${functionKey}`;
    await page.goto(address);

    expect(await page.title()).toBe(`${status} – Anonymous Join`);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain(status);
    const advice = page.locator('h2:text-is("What to do") + ul > li');
    const parts = (await advice.allInnerTexts()).map((text) => /(\S+), /.exec(text)?.[1]);
    expect([...new Set(parts)]).toEqual(failing);
    expect([await barriersOn(page), await sidewaysScroll(page)]).toEqual([[], 0]);
    await keepScreenshots(page, `status-${status}-phone`);
    await page.setViewportSize({ width: 1_200, height: 900 });
    expect([await barriersOn(page), await sidewaysScroll(page)]).toEqual([[], 0]);
    await keepScreenshots(page, `status-${status}`);

    expect(requests).toEqual([address]);
    expect(browser.complaints).toEqual([]);
  } finally {
    await service.stop();
    await cloud.stop();
  }
});
