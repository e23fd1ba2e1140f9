import { managedIdentity } from '../../../lib/azure/managedIdentity.ts';
import { openVault, type ReadSecret } from '../../../lib/azure/vault.ts';
import { Problem } from '../../../lib/problem.ts';
import { readSettings } from '../../../lib/settings.ts';
import { startTestCloud, type TestCloud } from '../../support/testCloud.ts';

let cloud: TestCloud;
let readSecret: ReadSecret;

beforeAll(async () => {
  cloud = await startTestCloud();
});
beforeEach(async () => {
  await cloud.simulator.world.reset();
  readSecret = openVault(readSettings(cloud.environment));
});
afterAll(() => cloud.stop());

test('a secret is read with what the vault knows of it', async () => {
  const expiresAt = new Date('2027-01-02T03:04:05Z');
  cloud.simulator.world.secrets.set('a-secret', 'its value', { contentType: 'application/x-pem-file', expiresAt });
  await expect(readSecret('a-secret')).resolves.toEqual({
    value: 'its value',
    contentType: 'application/x-pem-file',
    expiresAt,
  });
});

test('a secret without expiry or content type has none', async () => {
  cloud.simulator.world.secrets.set('a-secret', 'its value');
  await expect(readSecret('a-secret')).resolves.toEqual({
    value: 'its value',
    contentType: undefined,
    expiresAt: undefined,
  });
});

test('the newest version is read, every time from the vault', async () => {
  const { secrets } = cloud.simulator.world;
  secrets.set('a-secret', 'first');
  expect((await readSecret('a-secret')).value).toBe('first');
  secrets.set('a-secret', 'second');
  expect((await readSecret('a-secret')).value).toBe('second');
});

test('nothing is called before the first read, and one challenge serves all that follow', async () => {
  const { world } = cloud.simulator;
  expect(world.calls).toEqual([]);
  world.secrets.set('a-secret', 'its value');
  await readSecret('a-secret');
  await readSecret('a-secret');
  const reads = world.calls.filter(({ operation }) => operation === 'vault.secret');
  expect(reads.map(({ authorized, status }) => [authorized, status])).toEqual([
    [false, 401],
    [true, 200],
    [true, 200],
  ]);
});

test('a secret that is missing or disabled is a problem that names no secret', async () => {
  cloud.simulator.world.secrets.set('disabled-one', 'its value', { enabled: false });
  for (const name of ['missing-one', 'disabled-one']) {
    const problem: unknown = await readSecret(name).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({ code: 'secrets-unavailable', retryAfterSeconds: 5 });
    expect(String(problem)).not.toContain(name);
  }
});

test('after an outage the vault is read again as if nothing had been', async () => {
  const { secrets, faults } = cloud.simulator.world;
  secrets.set('a-secret', 'its value');
  await faults.down('vault', true);
  await expect(readSecret('a-secret')).rejects.toMatchObject({ code: 'secrets-unavailable' });
  await faults.down('vault', false);
  await expect(readSecret('a-secret')).resolves.toMatchObject({ value: 'its value' });
});

test('an opening that failed is not remembered', async () => {
  cloud.simulator.world.secrets.set('a-secret', 'its value');
  let tries = 0;
  const identity: typeof managedIdentity = (...which) =>
    ++tries === 1 ? Promise.reject(new Error('not yet')) : managedIdentity(...which);
  const read = openVault(readSettings(cloud.environment), { identity });
  await expect(read('a-secret')).rejects.toMatchObject({ code: 'secrets-unavailable' });
  await expect(read('a-secret')).resolves.toMatchObject({ value: 'its value' });
});

test('a read that takes longer than its limit is a problem of the secrets', async () => {
  const read = openVault(readSettings(cloud.environment), { callTimeoutMs: 1 });
  await expect(read('a-secret')).rejects.toMatchObject({ code: 'secrets-unavailable', retryAfterSeconds: 5 });
});
