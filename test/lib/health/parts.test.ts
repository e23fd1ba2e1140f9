import { X509Certificate } from 'node:crypto';
import { openVault, type ReadSecret } from '../../../lib/azure/vault.ts';
import { checkSecrets, syntheticJoin, type HealthPart } from '../../../lib/health/parts.ts';
import type { HealthStep, MeetingPlatform } from '../../../lib/platforms/platform.ts';
import { readSettings } from '../../../lib/settings.ts';
import { platformOf } from '../../support/platforms.ts';
import { meetingUrl, pem, startTestCloud, type TestCloud } from '../../support/testCloud.ts';

const day = 24 * 60 * 60_000;
const onPremisesUrl = 'https://meet.contoso.example/john/5LB7MRBC';
const onlyOne = { SYNTHETIC_JOIN_MEETING_URLS: meetingUrl };
const both = {
  MEETING_PLATFORMS: 'trusted-application,ucwa',
  SYNTHETIC_JOIN_MEETING_URLS: `${meetingUrl}, ${onPremisesUrl}`,
};
const ofTrustedApplication = ['discovery', 'token', 'guest-discover', 'application', 'leave'];
const ofUcwa = ['meeting', 'discovery', 'token', 'application', 'leave'];

let cloud: TestCloud;
let readSecret: ReadSecret;

beforeAll(async () => {
  cloud = await startTestCloud();
  readSecret = openVault(readSettings(cloud.environment));
});
afterEach(() => cloud.simulator.world.reset());
afterAll(() => cloud.stop());

async function check(secretName: string, now = Date.now()): Promise<HealthStep | undefined> {
  const steps = await checkSecrets([{ purpose: 'the-purpose', secretName }], readSecret, now);
  expect(steps).toHaveLength(1);
  return steps[0];
}

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

describe('the check of the secrets', () => {
  it('passes a secret without an expiry date, and measures how long it took to read it', async () => {
    const step = await check('guest-keys');
    expect(step).toEqual({ name: 'the-purpose', outcome: 'pass', latencyMs: expect.any(Number) as number });
    expect(step?.latencyMs).toBeGreaterThanOrEqual(0);
  });

  it.each([
    ['more than 30 days ahead', 30 * day + 60_000, 'pass', undefined],
    ['within 30 days', 30 * day - 60_000, 'warn', 'The secret in the vault expires within 30 days. Replace it.'],
    ['in the past', -60_000, 'fail', 'The secret in the vault has expired. Replace it.'],
  ])('gives a secret whose expiry is %s the right outcome', async (_, aheadMs, outcome, action) => {
    cloud.simulator.world.secrets.set('api-key', 'value', { expiresAt: new Date(Date.now() + aheadMs) });
    expect(await check('api-key')).toMatchObject({ outcome, ...(action && { action }) });
  });

  it('gives a PEM certificate the outcome of its own date, whatever the vault says', async () => {
    const expiresAt = new Date(Date.now() + 10_000 * day);
    const attributes = { expiresAt, contentType: 'application/x-pem-file' };
    // A certificate with its key, as Key Vault stores it in PEM form.
    cloud.simulator.world.secrets.set('app-certificate', `${pem('key')}\n${pem('cert')}`, attributes);
    const validTo = Date.parse(new X509Certificate(pem('cert')).validTo);
    expect(await check('app-certificate', validTo - 31 * day)).toMatchObject({ outcome: 'pass' });
    expect(await check('app-certificate', validTo - 10 * day)).toMatchObject({ outcome: 'warn' });
    expect(await check('app-certificate', validTo + 1 * day)).toMatchObject({ outcome: 'fail' });
  });

  it.each([
    [
      'is not there',
      (): void => {
        cloud.simulator.world.secrets.remove('guest-keys');
      },
    ],
    ['is disabled', (): void => void cloud.simulator.world.secrets.set('guest-keys', 'v', { enabled: false })],
    [
      'is in a vault that fails',
      (): void => {
        cloud.simulator.world.faults.set('vault.secret', { status: 503 });
      },
    ],
  ])('fails a secret that %s, and says what to do', async (_, harm) => {
    harm();
    expect(await check('guest-keys')).toMatchObject({
      outcome: 'fail',
      action: "The secret cannot be read. Check the vault's network rules and the identity's role.",
    });
  });

  it('shows neither the secret nor its name', async () => {
    cloud.simulator.world.secrets.set('api-key', 'very-secret-value', { expiresAt: new Date(Date.now() + day) });
    expect(JSON.stringify(await check('api-key'))).not.toMatch(/very-secret-value|api-key/);
  });
});

describe('a synthetic join', () => {
  beforeEach(async () => {
    const rows = await cloud.rows('discoveryHealth');
    const table = cloud.table('discoveryHealth');
    await Promise.all(rows.map((row) => table.deleteEntity(String(row['partitionKey']), String(row['rowKey']))));
  });

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
      expect(await app.health.lastStatus('trusted-application')).toBe('fail');
      expect(await app.health.lastStatus('secrets')).not.toBe('fail');
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

    test('are notified of like any other failure, by the step and what to do, and without a secret', async () => {
      const app = cloud.newApp(onlyOne);
      const notified: object[] = [];
      for (let run = 0; run < 2; run++) await app.checkDiscovery(undefined, (change) => notified.push(change));
      expect(notified).toMatchObject([{ status: 'fail' }]);
      const text = JSON.stringify([notified, await cloud.rows('discoveryHealth')]);
      expect(text).toContain('trusted-application/application');
      const { issued } = cloud.simulator.world.platform;
      expect(issued).toHaveLength(2);
      const secrets = issued.flatMap(({ token, applicationSessionId }) => [token.slice(5), applicationSessionId ?? '']);
      for (const secret of [...secrets, meetingUrl, 'guestdiscover']) expect(text).not.toContain(secret);
    });
  });

  test('a join that hangs is ended in time, and says at which step it was', async () => {
    const settings = readSettings({ ...cloud.environment, ...both });
    const { allowedOrigins } = settings;
    const platform = platformOf(settings, 'ucwa');
    const joins = syntheticJoin({ platforms: [platform], meetingUrls: [onPremisesUrl], allowedOrigins });
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
    const join = (meetingUrls: readonly string[]): HealthPart | undefined =>
      syntheticJoin({ platforms: [platform], meetingUrls, allowedOrigins: [] });
    expect(join([meetingUrl])).toBeUndefined();
  });
});
