import type { App } from '../../../lib/app.ts';
import type { HealthChange } from '../../../lib/health/notifyChange.ts';
import { startTestCloud, type TestCloud } from '../../support/testCloud.ts';
import { until } from '../../support/until.ts';

let cloud: TestCloud;
let now: number;
let logged: HealthChange[];

beforeAll(async () => {
  cloud = await startTestCloud();
});

beforeEach(async () => {
  await cloud.simulator.world.reset();
  await cloud
    .table('discoveryHealth')
    .deleteEntity('service', 'latest')
    .catch(() => undefined);
  now = Date.now();
  logged = [];
});

afterAll(() => cloud.stop());

const webhook = { ALERT_WEBHOOK_URL: 'https://hooks.example/alerts' };
/** An app whose clock stands still while it runs. */
const newApp = (changes: Record<string, string> = webhook): App => cloud.newApp(changes, () => now);
const alerts = (): HealthChange[] => cloud.simulator.world.alerts.map(({ body }) => body as HealthChange);

/** One run as the timer makes it, five minutes after the last. */
async function run(app: App): Promise<void> {
  now += 5 * 60_000;
  await app.checkDiscovery(undefined, (change) => logged.push(change));
}

function platformFails(fails = true): void {
  if (fails) cloud.simulator.world.faults.set('platform.discover', { status: 500 });
  else cloud.simulator.world.faults.clear('platform.discover');
}

describe('a change of verdict', () => {
  it('is told when a second run has confirmed it, once, and so is the way back', async () => {
    const app = newApp();
    await run(app);
    platformFails();
    await run(app);
    expect([logged, alerts()]).toEqual([[], []]);
    await run(app);
    const failed = {
      event: 'discovery-health-changed',
      status: 'fail',
      previous: 'pass',
      checkedAt: new Date(now).toISOString(),
      checks: [
        {
          name: 'trusted-application',
          status: 'fail',
          failing: 'discover',
          action: expect.stringMatching(/^[A-Z].+\.$/) as string,
        },
        { name: 'secrets', status: 'pass' },
      ],
    };
    expect([logged, alerts()]).toEqual([[failed], [failed]]);
    for (let more = 0; more < 3; more += 1) await run(app);
    expect([logged.length, alerts().length]).toEqual([1, 1]);

    platformFails(false);
    await run(app);
    await run(app);
    await run(app);
    expect(alerts().slice(1)).toMatchObject([{ status: 'pass', previous: 'fail' }]);
    expect(logged).toEqual(alerts());
  });

  it('is told from the very first run on, if that is not well', async () => {
    platformFails();
    const app = newApp();
    await run(app);
    await run(app);
    expect(alerts()).toMatchObject([{ status: 'fail', previous: 'pass' }]);
  });

  it('is told between warn and fail as well', async () => {
    const app = newApp();
    cloud.simulator.world.secrets.set('guest-keys', 'x', { expiresAt: new Date(now + 86_400_000) });
    await run(app);
    await run(app);
    platformFails();
    await run(app);
    await run(app);
    expect(alerts().map(({ previous, status }) => `${previous} ${status}`)).toEqual(['pass warn', 'warn fail']);
  });

  it('is confirmed by another process just as well', async () => {
    platformFails();
    await run(newApp());
    await run(newApp());
    await run(newApp());
    expect(alerts()).toHaveLength(1);
  });

  it('is only logged when no webhook is set', async () => {
    platformFails();
    const app = newApp({});
    await run(app);
    await run(app);
    await run(app);
    expect(logged).toHaveLength(1);
    expect(alerts()).toEqual([]);
  });

  it('is not told when the verdict flaps', async () => {
    const app = newApp();
    for (let time = 0; time < 6; time += 1) {
      platformFails(time % 2 === 0);
      await run(app);
    }
    expect([logged, alerts()]).toEqual([[], []]);
  });

  it('is not confirmed by a run beside the one that saw it first', async () => {
    platformFails();
    const apps = [cloud.newApp(webhook), cloud.newApp(webhook)];
    await Promise.all(apps.map((app) => app.checkDiscovery(undefined, (change) => logged.push(change))));
    expect([logged, alerts()]).toEqual([[], []]);
  });
});

describe('two apps side by side', () => {
  it.each([1, 2, 3, 4, 5])('tell a change once (round %i)', async () => {
    platformFails();
    const apps = [newApp(), newApp()];
    for (let time = 0; time < 3; time += 1) await Promise.all(apps.map((app) => run(app)));
    expect([logged.length, alerts().length]).toEqual([1, 1]);
  });

  it('tell it once even if one comes to it while the other is still posting', async () => {
    platformFails();
    const [first, second] = [newApp(), newApp()];
    await run(first);
    now += 5 * 60_000;
    cloud.simulator.world.faults.set('hooks', { delayMs: 500, times: 1 });
    const telling = first.checkDiscovery(undefined, (change) => logged.push(change));
    await until(() => cloud.simulator.world.counts().hooks === 1);
    await second.checkDiscovery(undefined, (change) => logged.push(change));
    await telling;
    expect([logged.length, alerts().length]).toEqual([1, 1]);
  });
});

describe('a webhook that does not take the change', () => {
  it.each([
    ['fails', { status: 500 }],
    ['cannot be reached', { cut: 'before-answer', status: 500 }],
    ['redirects', { status: 307, headers: { location: 'https://hooks.example/elsewhere' } }],
    ['is gone', { status: 404 }],
  ] as const)('because it %s is made up for by the next run, and told what it missed', async (_, fault) => {
    const app = newApp();
    platformFails();
    cloud.simulator.world.faults.set('hooks', fault);
    await run(app);
    await run(app);
    await run(app);
    expect(alerts()).toEqual([]);
    expect(cloud.simulator.world.counts().hooks).toBe(2);
    cloud.simulator.world.faults.clear('hooks');
    await run(app);
    expect(alerts()).toMatchObject([{ status: 'fail', previous: 'pass' }]);
    await run(app);
    expect([logged.length, alerts().length]).toEqual([1, 1]);
    expect(cloud.simulator.world.alerts[0]?.path).toBe('/alerts');
  });

  it('does not make the run itself fail', async () => {
    cloud.simulator.world.faults.set('hooks', { status: 500 });
    platformFails();
    const app = newApp();
    await run(app);
    await expect(run(app)).resolves.toBeUndefined();
    expect(logged).toHaveLength(1);
  });

  it('hears of the change back if that is confirmed before it works again', async () => {
    const app = newApp();
    platformFails();
    cloud.simulator.world.faults.set('hooks', { status: 500 });
    await run(app);
    await run(app);
    platformFails(false);
    await run(app);
    cloud.simulator.world.faults.clear('hooks');
    await run(app);
    await run(app);
    expect(alerts()).toMatchObject([{ status: 'pass', previous: 'fail' }]);
  });
});
