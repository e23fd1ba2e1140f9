import { ClientCertificateCredential, ClientSecretCredential, ManagedIdentityCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import type { TokenCredential } from '@azure/core-auth';
import { clientSecret, startTestSimulator, tokenPart, type TestSimulator } from './setUp.ts';

let simulator: TestSimulator;

beforeAll(async () => {
  // The Azure clients keep to the real clock.
  simulator = await startTestSimulator({ now: Date.now });
  process.env['IDENTITY_ENDPOINT'] = simulator.managedIdentity.endpoint;
  process.env['IDENTITY_HEADER'] = simulator.managedIdentity.header;
});
beforeEach(() => simulator.reset());
afterAll(async () => {
  delete process.env['IDENTITY_ENDPOINT'];
  delete process.env['IDENTITY_HEADER'];
  await simulator.stop();
});

const scope = 'https://api.skype.example/.default';
const clientOptions = () => ({ tlsOptions: { ca: simulator.pem.ca }, retryOptions: { maxRetries: 0 } });
const credentialOptions = () => ({
  ...clientOptions(),
  authorityHost: simulator.entra.url,
  disableInstanceDiscovery: true,
});
const withSecret = (secret = clientSecret) =>
  new ClientSecretCredential(simulator.entra.tenantId, simulator.entra.clientId, secret, credentialOptions());
const secretClient = (credential: TokenCredential) =>
  new SecretClient(simulator.vault.url, credential, { ...clientOptions(), disableChallengeResourceVerification: true });

test('ClientSecretCredential gets a token that the platform takes', async () => {
  const { token } = await withSecret().getToken(scope);
  const headers = { authorization: `Bearer ${token}` };
  expect((await simulator.ask(simulator.platform.discoverUrl, { headers })).status).toBe(200);
});

test('ClientSecretCredential gets the error of Entra for a wrong secret', async () => {
  await expect(withSecret('wrong').getToken(scope)).rejects.toThrow(/invalid_client.*AADSTS7000215/s);
});

test('ClientCertificateCredential proves itself with a registered certificate', async () => {
  simulator.world.entra.certificates = [simulator.pem.cert];
  const credential = new ClientCertificateCredential(
    simulator.entra.tenantId,
    simulator.entra.clientId,
    { certificate: `${simulator.pem.key}\n${simulator.pem.cert}` },
    credentialOptions(),
  );
  const { token } = await credential.getToken(scope);
  expect(tokenPart(token, 'claims')).toMatchObject({ aud: 'https://api.skype.example', appidacr: '2' });
});

test('ManagedIdentityCredential speaks the App Service protocol', async () => {
  const { token, expiresOnTimestamp } = await new ManagedIdentityCredential().getToken(
    'https://storage.azure.com/.default',
  );
  const { aud, exp } = tokenPart(token, 'claims') as { aud: string; exp: number };
  expect(aud).toBe('https://storage.azure.com');
  // The library reckons the end from its own clock and the whole seconds that are left.
  expect(Math.abs(exp - expiresOnTimestamp / 1000)).toBeLessThanOrEqual(1);
});

test('SecretClient answers the challenge and reads a secret, its versions and its attributes', async () => {
  const { secrets } = simulator.world;
  const { version } = secrets.set('guest-keys', 'first');
  secrets.set('guest-keys', 'second', { contentType: 'text/plain', expiresAt: new Date('2030-01-01T00:00:00Z') });
  for (const credential of [withSecret(), new ManagedIdentityCredential()]) {
    const client = secretClient(credential);
    const { value, properties } = await client.getSecret('guest-keys');
    expect(value).toBe('second');
    expect(properties).toMatchObject({ contentType: 'text/plain', expiresOn: new Date('2030-01-01T00:00:00Z') });
    expect((await client.getSecret('guest-keys', { version })).value).toBe('first');
  }
});

test('SecretClient sees the errors of Key Vault', async () => {
  const client = secretClient(withSecret());
  await expect(client.getSecret('missing')).rejects.toMatchObject({ statusCode: 404, code: 'SecretNotFound' });
  simulator.world.secrets.set('disabled', 'value', { enabled: false });
  await expect(client.getSecret('disabled')).rejects.toMatchObject({ statusCode: 403, code: 'Forbidden' });
});

test('the clients meet the faults: a status, a connection cut, a service that is down', async () => {
  const { faults, secrets } = simulator.world;
  secrets.set('guest-keys', 'value');
  const client = secretClient(withSecret());
  faults.set('vault.secret', { status: 429 });
  await expect(client.getSecret('guest-keys')).rejects.toMatchObject({ statusCode: 429, code: 'Throttled' });
  faults.set('vault.secret', { cut: 'before-answer' });
  await expect(client.getSecret('guest-keys')).rejects.toMatchObject({ code: 'ECONNRESET' });
  faults.clear();

  await faults.down('entra', true);
  await expect(withSecret().getToken(scope)).rejects.toMatchObject({ name: 'CredentialUnavailableError' });
  await faults.down('entra', false);
  expect((await withSecret().getToken(scope)).token).toBeTruthy();
});
