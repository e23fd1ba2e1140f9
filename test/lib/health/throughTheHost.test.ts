import { healthReport, healthStatus } from '../../../lib/contract/schemas/health.ts';
import { startTestCloud, type TestCloud } from '../../support/testCloud.ts';
import { type TestHost, startTestHost } from '../../support/testHost.ts';
import { until } from '../../support/until.ts';

let cloud: TestCloud;
let service: TestHost;

beforeAll(async () => {
  cloud = await startTestCloud();
  service = await startTestHost(cloud, {
    ALERT_WEBHOOK_URL: 'https://hooks.example/alerts',
    // Once a year, so that no occurrence falls into the runs that are fired here.
    DISCOVERY_CHECK_SCHEDULE: '0 0 0 1 1 *',
  });
});

afterAll(async () => {
  await service.stop();
  await cloud.stop();
});

/** Log lines of a job that has ended, parsed. */
const runsOf = (job: string): Record<string, unknown>[] =>
  service.log
    .filter(({ message }) => message.startsWith(`{"job":"${job}"`))
    .map(({ message }) => JSON.parse(message) as Record<string, unknown>);

/** Fires a timer as an administrator does, and waits until it has run. */
async function fire(timer: string): Promise<Record<string, unknown> | undefined> {
  const before = runsOf(timer).length;
  expect((await service.call('POST', `/admin/functions/${timer}`, {})).status).toBe(202);
  await until(() => runsOf(timer).length > before, 20_000);
  return runsOf(timer).at(-1);
}

test('the timer checks, the open endpoint says 503 when it is fail, and the report says why', async () => {
  const open = (path: string) => fetch(service.host.url + path);
  expect((await service.call('GET', '/api/v1/health')).json).toEqual({ status: 'warn', checks: [] });

  cloud.simulator.world.faults.set('platform.applications', { status: 403 });
  const failed = await fire('checkDiscovery');
  expect(failed).toMatchObject({ status: 'fail' });
  expect(JSON.stringify(failed)).not.toContain('https:');

  const status = await open('/api/health');
  expect(status.status).toBe(503);
  expect(status.headers.get('cache-control')).toBe('no-store');
  const body: unknown = await status.json();
  expect(healthStatus.strict().parse(body)).toMatchObject({ status: 'fail', checkedAt: expect.any(String) as string });

  expect((await open('/api/v1/health')).status).toBe(401);
  const report = await service.call('GET', '/api/v1/health');
  expect(report.status).toBe(200);
  const { checks } = healthReport.strict().parse(report.json);
  expect(checks.map((check) => `${check.name} ${check.status}`)).toEqual(['trusted-application fail', 'secrets pass']);
  expect(checks[0]?.steps.at(-1)).toMatchObject({
    name: 'applications',
    outcome: 'fail',
    action: 'Ask the administrator to register the application endpoint and to grant tenant consent.',
  });
  const newYear = `${new Date().getUTCFullYear() + 1}-01-01T00:00:00.000Z`;
  expect(checks.map(({ nextDueAt }) => nextDueAt)).toEqual([newYear, newYear]);

  cloud.simulator.world.faults.clear();
  expect(await fire('checkDiscovery')).toMatchObject({ status: 'pass' });
  expect((await service.call('GET', '/api/v1/health')).json).toMatchObject({ status: 'pass' });
  // Remembered for ten seconds, of which the little above took few.
  expect(await (await open('/api/health')).json()).toEqual(body);
});

test('a confirmed change is one structured log event and one post', async () => {
  cloud.simulator.world.faults.set('platform.discover', { status: 500 });
  for (let run = 0; run < 3; run += 1) await fire('checkDiscovery');
  const events = service.log.filter(({ message }) => message.includes('discovery-health-changed'));
  expect(events).toMatchObject([{ level: 'warning', functionName: 'checkDiscovery' }]);
  expect(cloud.simulator.world.alerts.map(({ body }) => body)).toEqual([JSON.parse(events[0]?.message ?? '')]);
  cloud.simulator.world.faults.clear();
});

test('the purge timer deletes what has expired and logs how many rows', async () => {
  const health = cloud.table('discoveryHealth');
  const past = { partitionKey: 'trusted-application', expiresAt: new Date(Date.now() - 1) };
  await health.createEntity({ ...past, rowKey: '1' });
  await health.createEntity({ ...past, rowKey: '2' });
  expect(await fire('purgeGuests')).toMatchObject({
    deleted: { guests: 0, meetingGuests: 0, discoveryHealth: 2 },
    complete: true,
  });
});

test('a run that fails is one line with a code, and the host logs no more than that', async () => {
  await cloud.table('discoveryHealth').deleteTable();
  expect(await fire('checkDiscovery')).toMatchObject({ code: 'storage-unavailable' });
  expect((await service.call('GET', '/api/v1/health')).json).toMatchObject({ code: 'storage-unavailable' });
  expect(await fire('purgeGuests')).toMatchObject({ code: 'storage-unavailable' });
  const errors = service.log.filter(({ level, category }) => level === 'error' && category === 'system');
  expect(errors.map(({ message }) => message).join('\n')).not.toMatch(/TableNotFound|127\.0\.0\.1|odata/);
});
