import { openVault } from '../../../lib/azure/vault.ts';
import type { Checked } from '../../../lib/health/checkDiscovery.ts';
import { createSyntheticJoin } from '../../../lib/health/syntheticJoin.ts';
import { createTransport } from '../../../lib/net/transport.ts';
import type { HealthStep, MeetingPlatform } from '../../../lib/platforms/platform.ts';
import { createUcwa } from '../../../lib/platforms/ucwa/ucwa.ts';
import { readSettings } from '../../../lib/settings.ts';
import { meetingUrl, startTestCloud, type TestCloud } from '../../support/testCloud.ts';

const onPremisesUrl = 'https://meet.contoso.example/john/5LB7MRBC';
const onlyOne = { SYNTHETIC_JOIN_MEETING_URLS: meetingUrl };
const both = {
  MEETING_PLATFORMS: 'trusted-application,ucwa',
  SYNTHETIC_JOIN_MEETING_URLS: `${meetingUrl}, ${onPremisesUrl}`,
};
const ofTrustedApplication = ['discovery', 'token', 'guest-discover', 'application', 'leave'];
const ofUcwa = ['meeting', 'discovery', 'token', 'application', 'leave'];

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
beforeEach(async () => {
  await cloud.simulator.world.reset();
  await cloud.newApp({}, () => Date.now() + 40 * 24 * 60 * 60_000).purge();
});
afterAll(() => cloud.stop());

const noLog = (): void => undefined;
// As they were stored: in the report a step that a loaded machine made slow counts as a warning.
const storedSteps = async (): Promise<HealthStep[]> => {
  const rows = await cloud.rows('discoveryHealth');
  const row = rows.find(({ partitionKey, rowKey }) => partitionKey === 'synthetic-join' && /^\d/.test(String(rowKey)));
  return JSON.parse(String(row?.['steps'])) as HealthStep[];
};
const outcomes = (steps: readonly HealthStep[] = []) => steps.map(({ name, outcome }) => `${name}: ${outcome}`);
const passed = (platform: string, names: readonly string[]) => names.map((name) => `${platform}/${name}: pass`);

/** The service's report after one run. */
async function reportAfterRun(changes: Record<string, string>) {
  const app = cloud.newApp(changes);
  await app.checkDiscovery(undefined, noLog);
  const { status, checks } = await app.health.report();
  return { app, status, checks, joins: checks.find(({ name }) => name === 'synthetic-join') };
}

describe('a run', () => {
  test('joins the test meeting of each platform, as a part of its own', async () => {
    const { status, checks } = await reportAfterRun(both);
    expect(status).not.toBe('fail');
    expect(checks.map(({ name }) => name)).toEqual(['trusted-application', 'ucwa', 'synthetic-join', 'secrets']);
    expect(outcomes(await storedSteps())).toEqual([
      ...passed('trusted-application', ofTrustedApplication),
      ...passed('ucwa', ofUcwa),
    ]);
  });

  test('is a new guest each time, and leaves none behind, neither there nor here', async () => {
    const app = cloud.newApp(both);
    for (let run = 0; run < 2; run++) expect(await app.checkDiscovery(undefined, noLog)).not.toBe('fail');
    const { platform, onPremises, guests, meetings } = cloud.simulator.world;
    const sessions = platform.issued.map(({ applicationSessionId }) => applicationSessionId);
    expect([sessions.length, new Set(sessions).size]).toEqual([2, 2]);
    const identities = onPremises.issued.map(({ identity }) => identity);
    expect(new Set(identities).size).toBe(identities.length);
    expect(guests.count).toBe(0);
    expect(meetings.all).toEqual([]);
    expect([...(await cloud.rows('guests')), ...(await cloud.rows('meetingGuests'))]).toEqual([]);
  });

  test('sends nothing as a guest where no test meeting is set', async () => {
    const { joins, app } = await reportAfterRun({});
    expect(joins).toBeUndefined();
    expect(cloud.simulator.world.counts()).toMatchObject({ 'platform.tokens': 0, 'guest.discover': 0 });
    expect((await app.history()).parts.map(({ name }) => name)).not.toContain('synthetic-join');
  });

  test('tries the platforms that have a test meeting, and no other', async () => {
    const { status } = await reportAfterRun({ ...both, SYNTHETIC_JOIN_MEETING_URLS: onPremisesUrl });
    expect(status).not.toBe('fail');
    expect(outcomes(await storedSteps())).toEqual(passed('ucwa', ofUcwa));
    expect(cloud.simulator.world.counts()['platform.tokens']).toBe(0);
  });

  test('is part of the history', async () => {
    const { app } = await reportAfterRun(onlyOne);
    const part = (await app.history()).parts.find(({ name }) => name === 'synthetic-join');
    expect(part?.last?.steps).toHaveLength(ofTrustedApplication.length);
    expect(part?.past?.steps.map(({ name }) => name)).toEqual(
      ofTrustedApplication.map((name) => `trusted-application/${name}`),
    );
  });
});

describe('guests who cannot join', () => {
  beforeEach(() => {
    cloud.simulator.world.faults.set('guest.applications', { status: 403 });
  });

  test('mean that the service fails, although every request of its own works', async () => {
    const { status, checks, app } = await reportAfterRun(onlyOne);
    expect(status).toBe('fail');
    const failing = checks.filter((check) => check.status === 'fail').map(({ name }) => name);
    expect([checks.length, failing]).toEqual([3, ['synthetic-join']]);
    expect(await app.health.status()).toMatchObject({ status: 'fail' });
    expect(await app.health.verdictOn('trusted-application')).toBe('fail');
    expect(await app.health.verdictOn('secrets')).not.toBe('fail');
    const preflight = await app.preflight({ meetingUrl });
    expect(preflight.reasons.map(({ code }) => code)).toEqual(['platform-failing']);
  });

  test('on one of two platforms are a warning', async () => {
    const { status } = await reportAfterRun(both);
    expect(status).toBe('warn');
    expect(outcomes(await storedSteps())).toEqual([
      ...passed('trusted-application', ofTrustedApplication.slice(0, 3)),
      'trusted-application/application: fail',
      ...passed('ucwa', ofUcwa),
    ]);
  });

  test('are told of like any other failure, by the step and what to do, and without a secret', async () => {
    const app = cloud.newApp(onlyOne);
    const told: object[] = [];
    for (let run = 0; run < 2; run++) await app.checkDiscovery(undefined, (change) => told.push(change));
    expect(told).toMatchObject([{ status: 'fail' }]);
    const text = JSON.stringify([told, await cloud.rows('discoveryHealth')]);
    expect(text).toContain('trusted-application/application');
    const { issued } = cloud.simulator.world.platform;
    expect(issued).toHaveLength(2);
    const secrets = issued.flatMap(({ token, applicationSessionId }) => [token.slice(5), applicationSessionId ?? '']);
    for (const secret of [...secrets, meetingUrl, 'guestdiscover']) expect(text).not.toContain(secret);
  });
});

test('a join that hangs is ended in time, and says at which step it was', async () => {
  const settings = readSettings({ ...cloud.environment, ...both });
  const { ucwa, connectTo, allowedOrigins } = settings;
  if (!ucwa) throw new Error('the platform is not configured');
  const transport = createTransport({ connectTo });
  const platform = createUcwa({ settings: ucwa, readSecret: openVault(settings), transport });
  const joins = createSyntheticJoin({ platforms: [platform], meetingUrls: [onPremisesUrl], allowedOrigins });
  cloud.simulator.world.faults.set('ucwa.applications', { never: true });
  expect(outcomes(await joins?.check(AbortSignal.timeout(500))).at(-1)).toBe('ucwa/application: fail');
});

test('a platform that cannot be tried is left out', () => {
  const platform: MeetingPlatform = {
    name: 'other',
    identity: 'none',
    longestTokenLifeSeconds: 3_600,
    readLink: () => ({ meetingKey: 'any' }),
    issue: () => Promise.reject(new Error('not asked')),
    reissue: () => Promise.reject(new Error('not asked')),
    check: () => Promise.resolve([]),
  };
  const join = (meetingUrls: readonly string[]): Checked | undefined =>
    createSyntheticJoin({ platforms: [platform], meetingUrls, allowedOrigins: [] });
  expect(join([meetingUrl])).toBeUndefined();
});
