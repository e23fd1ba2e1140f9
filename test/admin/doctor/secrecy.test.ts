import type { Fault } from '../../../local/simulator/faults.ts';
import { startPatient, type Patient } from './patient.ts';

let patient: Patient;

beforeAll(async () => {
  patient = await startPatient();
});
afterEach(() => patient.heal());
afterAll(() => patient.stop());

// The patient looks for secrets in all that is printed, each time; so what is expected here is that something went wrong.
const withAccount = {
  UCWA_CHECK_ACCOUNT: 'probe@contoso.example',
  UCWA_CHECK_SECRET_NAME: 'ucwa-password',
};

/** Upstreams that repeat every secret that there is, in whatever part of an answer. */
function chattyFaults(): Fault[] {
  const words = patient.secret.everySecret();
  const body = JSON.stringify({
    error: { code: words, message: words, innererror: { code: words } },
    code: words,
    subcode: words,
    error_description: `AADSTS7000215: ${words}`,
    'odata.error': { code: words, message: words },
  });
  const headers = {
    'x-ms-diagnostics': encodeURIComponent(words).slice(0, 6_000),
    'x-ms-error-code': encodeURIComponent(words).slice(0, 6_000),
    location: `https://evil.example/?${encodeURIComponent(words)}`,
  };
  return [...[400, 403, 307, 500].map((status) => ({ status, body, headers })), { malformed: true }];
}

const asked = [
  'identity.token',
  'vault.secret',
  'entra.metadata',
  'entra.token',
  'platform.discover',
  'platform.applications',
  'platform.application',
  'ucwa.root',
  'ucwa.user',
  'ucwa.token',
] as const;

test.each(asked)('nothing that an upstream says at %s is repeated', async (operation) => {
  patient.world.secrets.set('ucwa-password', 'a-password-of-the-probe');
  patient.secret.scan.add('the password of the account', 'a-password-of-the-probe');
  Object.assign(patient.world.onPremises.behaviour['contoso.example'], {
    accounts: { 'probe@contoso.example': 'a-password-of-the-probe' },
  });
  const platforms = operation.startsWith('ucwa.') ? 'ucwa' : 'trusted-application';
  const failed: string[] = [];
  for (const [index, fault] of chattyFaults().entries()) {
    patient.world.faults.set(operation, fault);
    // The tokens of an identity are kept for the whole process.
    const AZURE_CLIENT_ID = `11111111-2222-4333-8444-${String(asked.indexOf(operation) * 100 + index).padStart(12, '0')}`;
    const { outcomes } = await patient.examine({ ...withAccount, MEETING_PLATFORMS: platforms, AZURE_CLIENT_ID });
    failed.push(...outcomes.filter((outcome) => outcome.startsWith('fail')));
  }
  expect(failed.length).toBeGreaterThan(0);
});

test('nor what the tables say, nor a secret of another form than it should have', async () => {
  patient.secret.tables.break({ kind: 500 });
  for (const name of ['guest-keys', 'entra-client-secret', 'ucwa-password']) {
    patient.world.secrets.set(name, `\n${patient.secret.everySecret()}`);
  }
  const { outcomes } = await patient.examine({ ...withAccount, MEETING_PLATFORMS: 'trusted-application,ucwa' });
  expect(outcomes.filter((outcome) => outcome.startsWith('fail'))).toEqual([
    'fail secret/guest-keys',
    'fail secret/trusted-application',
    'fail secret/ucwa',
    'fail tables/guests',
  ]);
});

test('nor any setting that has a secret in it, also if it cannot be used', async () => {
  const { environment } = patient.secret.cloud;
  for (const name of Object.keys(environment)) {
    const { report } = await patient.examine({ [name]: `${patient.secret.everySecret()} ${environment[name] ?? ''}` });
    expect(report.checks.length).toBeGreaterThan(3);
  }
});
