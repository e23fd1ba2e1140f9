import { createCA, createCert } from 'mkcert';
import { createPrivateKey } from 'node:crypto';
import { azureCommands } from '../../../admin/doctor/azureCommands.ts';
import { identityOf } from '../../../admin/doctor/identity.ts';
import { certificateShape } from '../../../admin/doctor/secretShape.ts';
import { readSettings } from '../../../lib/settings.ts';
import { makeCertificates } from '../../../local/certificates.ts';
import type { Fault } from '../../../local/simulator/faults.ts';
import type { World } from '../../../local/simulator/world.ts';
import { startTlsServer } from '../../lib/net/tlsServer.ts';
import { says, startPatient, type Patient } from './patient.ts';

let patient: Patient;

beforeAll(async () => {
  patient = await startPatient();
});
afterEach(() => patient.heal());
afterAll(() => patient.stop());

// These tests come first: a token that the system-assigned identity has got is kept for the whole process.
describe('the managed identity', () => {
  test('is missing on an administrator’s machine: the next step is --as-me, and the vault is not asked for secrets', async () => {
    const { check, outcomes } = await patient.examine({ IDENTITY_ENDPOINT: '' });
    expect(check('identity')).toEqual(
      says('fail', /no managed identity on this machine/, /az login, then npm run doctor -- --as-me/),
    );
    expect(outcomes.join()).not.toContain('secret/');
    // A connection string needs no identity.
    expect(outcomes).toContain('pass tables/guests');
  });

  test('that is missing ends the tables too, if these have no connection string', async () => {
    const changes = {
      IDENTITY_ENDPOINT: '',
      TABLES_CONNECTION_STRING: '',
      TABLES_ENDPOINT: 'https://localhost:1/account',
    };
    expect((await patient.examine(changes)).outcomes.join()).not.toContain('tables/');
  });

  // The SDK keeps the tokens of an identity for the whole process, so each has a name of its own.
  test.each<[string, string, Fault, RegExp, RegExp]>([
    [
      'that the app does not have',
      '11111111-2222-4333-8444-0000000000a1',
      { status: 400 },
      /no identity with the client id 11111111-2222-4333-8444-0000000000a1/,
      /az functionapp identity assign/,
    ],
    [
      'whose service is out of order',
      '11111111-2222-4333-8444-0000000000a2',
      { status: 500 },
      /gives no token/,
      /restart the app/,
    ],
  ])('%s', async (_, AZURE_CLIENT_ID, fault, reason, nextStep) => {
    patient.world.faults.set('identity.token', fault);
    expect(await patient.checkOf('identity', { AZURE_CLIENT_ID })).toEqual(says('fail', reason, nextStep));
  });

  test('that no setting names and the app does not have', async () => {
    patient.world.faults.set('identity.token', { status: 400 });
    expect(await patient.checkOf('identity')).toEqual(
      says('fail', /no system-assigned identity/, /Set AZURE_CLIENT_ID/),
    );
  });

  test('whose endpoint refuses connections', async () => {
    await patient.world.faults.down('identity', true);
    expect(await patient.checkOf('identity', { AZURE_CLIENT_ID: '11111111-2222-4333-8444-0000000000a3' })).toEqual(
      says('fail', /gives no token/, /restart the app/),
    );
  });
});

const minutes = 60_000;
const clockAhead = (byMs: number) => ({ now: () => Date.now() + byMs });

describe('vault', () => {
  test('that refuses connections is named by its host', async () => {
    await patient.world.faults.down('vault', true);
    expect(await patient.checkOf('vault')).toEqual(
      says('fail', /^localhost:\d+ refuses connections/, /whether KEY_VAULT_URL is right/),
    );
  });

  test('that is not in the DNS', async () => {
    expect(await patient.checkOf('vault', { KEY_VAULT_URL: 'https://contoso.vault.invalid/' })).toEqual(
      says(
        'fail',
        /^contoso\.vault\.invalid has no address in the DNS/,
        /Correct KEY_VAULT_URL; behind a private endpoint/,
      ),
    );
  });

  test('whose certificate is of an authority that is not trusted', async () => {
    const server = await startTlsServer(await makeCertificates([]));
    try {
      expect(await patient.checkOf('vault', { KEY_VAULT_URL: `https://localhost:${server.port}/` })).toEqual(
        says('fail', /shows a certificate that is not trusted/, /whether a proxy looks into TLS: NODE_EXTRA_CA_CERTS/),
      );
    } finally {
      await server.stop();
    }
  });

  test('that does not say the time lets the clock pass, with a reason', async () => {
    const server = await startTlsServer();
    server.answer = (_, response) => {
      response.sendDate = false;
      response.writeHead(401).end();
    };
    try {
      const { check } = await patient.examine({ KEY_VAULT_URL: `https://localhost:${server.port}/` });
      expect(check('clock')).toMatchObject({ status: 'pass', reason: 'The vault does not say what time it is.' });
    } finally {
      await server.stop();
    }
  });
});

describe('clock', () => {
  test.each([
    ['61 s ahead of', 61_000 + 1_000, 'warn', /1\.0 min ahead of the vault's: tokens are judged wrongly/],
    ['10 min ahead of', 10 * minutes, 'fail', /10\.0 min ahead of the vault's: tokens are refused/],
    ['10 min behind', -10 * minutes, 'fail', /(?:9\.9|10\.0) min behind the vault's: tokens are refused/],
  ] as const)('that is %s the vault', async (_, byMs, status, reason) => {
    expect(await patient.checkOf('clock', {}, clockAhead(byMs))).toEqual(says(status, reason, /time server/));
  });

  test('that is a little off passes', async () => {
    expect(await patient.checkOf('clock', {}, clockAhead(50_000))).toMatchObject({ status: 'pass' });
  });

  test('that is wrong does not end the examination, because it explains what comes', async () => {
    const { outcomes } = await patient.examine({}, clockAhead(10 * minutes));
    expect(outcomes).toContain('pass entra/token');
  });
});

const day = 24 * 60 * 60_000;
const key = (): string => 'A'.repeat(43) + '=';

describe('a secret that cannot be read', () => {
  const of = (status: number, innerCode: string): Fault => ({
    status,
    body: JSON.stringify({ error: { code: 'Forbidden', message: 'words', innererror: { code: innerCode } } }),
  });
  const allow =
    /az role assignment create --assignee .* --role "Key Vault Secrets User" --scope "\$\(az keyvault show --name/;

  test.each<[string, Fault, RegExp, RegExp]>([
    ['no role', of(403, 'ForbiddenByRbac'), /may not read the secret guest-keys: it has no role/, allow],
    ['no role, without a word of which kind', { status: 403, body: '{}' }, /has no role/, allow],
    [
      'network rules',
      of(403, 'ForbiddenByFirewall'),
      /network rules of the vault/,
      /az keyvault network-rule list --name localhost/,
    ],
    ['another tenant', { status: 401 }, /another tenant/, /az login --tenant/],
    ['too many requests', { status: 429 }, /asked too often/, /Wait a minute/],
    ['an outage', { status: 503 }, /vault answers 503/, /health of Azure/],
    ['half an answer', { malformed: true }, /vault answers 200, and not with a secret/, /KEY_VAULT_URL/],
    ['a cut connection', { cut: 'before-answer' }, /cuts the connection/, /firewall or a proxy/],
  ])('because of %s', async (_, fault, reason, nextStep) => {
    patient.world.faults.set('vault.secret', fault);
    expect(await patient.checkOf('secret/guest-keys')).toEqual(says('fail', reason, nextStep));
  });

  test('because the vault hangs', async () => {
    patient.world.faults.set('vault.secret', { never: true, times: 1 });
    const check = await patient.checkOf('secret/guest-keys', {}, { azureCallTimeoutMs: 500 });
    expect(check).toEqual(says('fail', /does not answer in time/, /firewall/));
  });

  test.each<[string, string, (world: World) => void, RegExp, RegExp]>([
    [
      'the guest keys are not there',
      'secret/guest-keys',
      ({ secrets }) => {
        secrets.remove('guest-keys');
      },
      /There is no secret guest-keys/,
      /recover .* --name guest-keys – else make it: az keyvault secret set --vault-name localhost --name guest-keys --value "k1\.\$\(openssl rand -base64 32\)"/,
    ],
    [
      'the client secret is not there',
      'secret/trusted-application',
      ({ secrets }) => {
        secrets.remove('entra-client-secret');
      },
      /There is no secret entra-client-secret/,
      /--name entra-client-secret --file secret\.txt/,
    ],
    [
      'it is disabled',
      'secret/trusted-application',
      ({ secrets }) => void secrets.set('entra-client-secret', 'a disabled secret', { enabled: false }),
      /entra-client-secret is disabled/,
      /az keyvault secret set-attributes --vault-name localhost --name entra-client-secret --enabled true/,
    ],
  ])('because %s', async (_, name, harm, reason, nextStep) => {
    harm(patient.world);
    const { check, outcomes } = await patient.examine();
    expect(check(name)).toEqual(says('fail', reason, nextStep));
    // Nothing is asked for with a secret that there is not; the other one is looked at all the same.
    expect(outcomes).toHaveLength(name === 'secret/guest-keys' ? 26 : 18);
  });
});

describe('a secret that is not what it should be', () => {
  test.each([
    ['no ring', 'not a ring at all'],
    ['a key of another length', 'k1.c2hvcnQ='],
    ['five keys', [1, 2, 3, 4, 5].map((n) => `k${n}.${key()}`).join('\n')],
  ])('guest keys: %s', async (_, value) => {
    patient.world.secrets.set('guest-keys', value);
    expect(await patient.checkOf('secret/guest-keys')).toEqual(
      says('fail', /guest-keys is no key ring: 1 to 4 lines/, /Bring back its last good version/),
    );
  });

  test('guest keys say how many there are', async () => {
    patient.world.secrets.set('guest-keys', `k2.${key()}\nk1.${key()}`);
    expect(await patient.checkOf('secret/guest-keys')).toMatchObject({ status: 'pass', reason: '2 keys.' });
  });

  test.each([
    ['with a line break at its end', 'a-secret-of-entra\n', 'fail', /line break/, /printf %s/],
    ['that is empty', ' ', 'fail', /is empty/, /--file secret\.txt/],
    ['that is an id', '9f1d2c3b-0000-4000-8000-0000000000e1', 'warn', /looks like the id/, /column "Value"/],
    ['that is a certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n', 'fail', /in PEM/, /ENTRA_CLIENT_CERTIFICATE_NAME/],
  ] as const)('a client secret %s', async (_, value, status, reason, nextStep) => {
    patient.world.secrets.set('entra-client-secret', value);
    expect(await patient.checkOf('secret/trusted-application')).toEqual(says(status, reason, nextStep));
  });
});

describe('a secret that does not last', () => {
  const byDays = (days: number): { expiresAt: Date } => ({ expiresAt: new Date(Date.now() + days * day + 60_000) });

  test.each([
    ['expires in nine days', 9, 'warn', /entra-client-secret expires on \d{4}-\d\d-\d\d, in 9 days/],
    ['has expired', -1, 'fail', /entra-client-secret has expired on \d{4}-\d\d-\d\d/],
  ] as const)('%s', async (_, days, status, reason) => {
    const { value = '' } = patient.world.secrets.find('entra-client-secret') ?? {};
    patient.world.secrets.set('entra-client-secret', value, byDays(days));
    expect(await patient.checkOf('secret/trusted-application')).toEqual(
      says(status, reason, /Make a new one in Entra/),
    );
  });

  test('of the guest keys says to keep the old ones', async () => {
    patient.world.secrets.set('guest-keys', `k1.${key()}`, byDays(9));
    expect(await patient.checkOf('secret/guest-keys')).toEqual(
      says('warn', /guest-keys expires/, /new line on top .* GUEST_RETENTION_HOURS/),
    );
  });

  test('is fine with more than 30 days', async () => {
    patient.world.secrets.set('guest-keys', `k1.${key()}`, byDays(31));
    expect(await patient.checkOf('secret/guest-keys')).toMatchObject({ status: 'pass' });
  });
});

describe('a certificate', () => {
  const vaultSettings = readSettings({
    KEY_VAULT_URL: 'https://contoso.vault.azure.net/',
    GUEST_KEYS_SECRET_NAME: 'guest-keys',
    TABLES_ENDPOINT: 'https://contosoguests.table.core.windows.net',
    ALLOWED_ORIGINS: 'https://www.contoso.example',
    MEETING_PLATFORMS: 'ucwa',
    UCWA_MEETING_HOSTS: 'meet.contoso.example=contoso.example',
  });
  const commands = azureCommands(vaultSettings, {}, identityOf(false));
  const findingOf = (value: string, contentType?: string): unknown =>
    certificateShape({ value, contentType, expiresAt: undefined }, 'app-certificate', commands);

  let first: { key: string; cert: string };
  let other: { key: string; cert: string };

  beforeAll(async () => {
    const names = { organization: 'Test', countryCode: 'XX', state: 'None', locality: 'None' };
    const ca = await createCA({ ...names, validity: 10 });
    const make = () => createCert({ ca, domains: ['app.contoso.example'], validity: 10 });
    [first, other] = await Promise.all([make(), make()]);
  });

  test('a certificate with its key passes, in either order', () => {
    expect(findingOf(`${first.cert}\n${first.key}`)).toEqual({ status: 'pass' });
    expect(findingOf(`${first.key}\n${first.cert}`, 'application/x-pem-file')).toEqual({ status: 'pass' });
  });

  test('a PFX fails, with how to convert it', () => {
    const convert =
      /openssl pkcs12 -in app\.pfx -out app\.pem -nodes\) and import the result: az keyvault certificate import --vault-name contoso --name app-certificate --file app\.pem$/;
    expect(findingOf('MIIKYQIBAzCCChcGCSqGSIb3', 'application/x-pkcs12')).toEqual(
      says('fail', /not PEM but a PFX/, convert),
    );
    expect(findingOf('MIIKYQIBAzCCChcGCSqGSIb3')).toEqual(says('fail', /is not PEM\./, convert));
  });

  test('a certificate alone, a key alone and two that do not belong together fail', () => {
    const both = /certificate together with its key/;
    expect(findingOf(first.cert)).toEqual(says('fail', /has no private key/, both));
    expect(findingOf(first.key)).toEqual(says('fail', /has no certificate/, both));
    expect(findingOf(`${first.cert}\n${other.key}`)).toEqual(
      says('fail', /not the one of the first certificate/, both),
    );
  });

  test('what cannot be read fails: half a certificate, a key with a password', () => {
    const half = first.cert.replace(/(?<=CERTIFICATE-----\s)[^-]+/, 'MIID\n');
    expect(findingOf(`${half}\n${first.key}`)).toEqual(
      says('fail', /cannot be read/, /both in one file without a password/),
    );
    const locked = createPrivateKey(first.key).export({
      type: 'pkcs1',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'a password',
    });
    expect(findingOf(`${first.cert}\n${locked.toString()}`)).toEqual(
      says('fail', /may have a password/, /both in one file without a password/),
    );
  });
});
