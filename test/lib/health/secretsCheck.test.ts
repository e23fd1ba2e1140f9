import { createCA, createCert } from 'mkcert';
import { openVault, type ReadSecret } from '../../../lib/azure/vault.ts';
import { checkSecrets } from '../../../lib/health/parts.ts';
import type { HealthStep } from '../../../lib/platforms/platform.ts';
import { readSettings } from '../../../lib/settings.ts';
import { startTestCloud, type TestCloud } from '../../support/testCloud.ts';

const day = 24 * 60 * 60_000;
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

/** A certificate of ten days with its key, as Key Vault stores it in PEM form. */
async function tenDayCertificate(): Promise<string> {
  const names = { organization: 'Test', countryCode: 'XX', state: 'None', locality: 'None' };
  const ca = await createCA({ ...names, validity: 365 });
  const { cert, key } = await createCert({ ca, domains: ['app.contoso.example'], validity: 10 });
  return `${key}\n${cert}`;
}

it('passes a secret without an expiry date, and measures how long it took to read it', async () => {
  const step = await check('guest-keys');
  expect(step).toEqual({ name: 'the-purpose', outcome: 'pass', latencyMs: expect.any(Number) as number });
  expect(step?.latencyMs).toBeGreaterThanOrEqual(0);
});

it.each([
  ['more than 30 days ahead', 30 * day + 60_000, 'pass', undefined],
  ['within 30 days', 30 * day - 60_000, 'warn', 'The secret in the vault expires within 30 days. Replace it.'],
  ['in the past', -60_000, 'fail', 'The secret in the vault has expired. Replace it.'],
])('judges a secret whose expiry is %s', async (_, aheadMs, outcome, action) => {
  cloud.simulator.world.secrets.set('api-key', 'value', { expiresAt: new Date(Date.now() + aheadMs) });
  expect(await check('api-key')).toMatchObject({ outcome, ...(action && { action }) });
});

it('judges a PEM certificate by its own date, whatever the vault says', async () => {
  const expiresAt = new Date(Date.now() + 365 * day);
  const attributes = { expiresAt, contentType: 'application/x-pem-file' };
  cloud.simulator.world.secrets.set('app-certificate', await tenDayCertificate(), attributes);
  expect(await check('app-certificate')).toMatchObject({ outcome: 'warn' });
  expect(await check('app-certificate', Date.now() + 11 * day)).toMatchObject({ outcome: 'fail' });
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

it('tells nothing of the secret', async () => {
  cloud.simulator.world.secrets.set('api-key', 'very-secret-value', { expiresAt: new Date(Date.now() + day) });
  expect(JSON.stringify(await check('api-key'))).not.toMatch(/very-secret-value|api-key/);
});
