import type { Fault } from '../../../local/simulator/faults.ts';
import type { World } from '../../../local/simulator/world.ts';
import { says, startPatient, type Patient } from './patient.ts';

let patient: Patient;

beforeAll(async () => {
  patient = await startPatient();
});
afterEach(() => patient.heal());
afterAll(() => patient.stop());

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
    expect(await patient.checkOf('secret/guest-keys')).toEqual(says('fail', /does not answer in time/, /firewall/));
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
