import { startExamination } from '../../../admin/doctor/examination.ts';
import { linesOf, statusLineOf } from '../../../admin/doctor/print.ts';
import { failing, passed, warning } from '../../../lib/platforms/examination.ts';
import type { Fault } from '../../../local/simulator/faults.ts';
import { startPatient, type Patient } from './patient.ts';

let patient: Patient;

beforeAll(async () => {
  patient = await startPatient();
});
afterEach(() => patient.heal());
afterAll(() => patient.stop());

const bothPlatforms = { MEETING_PLATFORMS: 'trusted-application,ucwa' };

test('a healthy deployment passes every check, in an order in which each needs those before it', async () => {
  const { report, outcomes } = await patient.examine(bothPlatforms);
  expect(outcomes).toEqual([
    'pass settings',
    'pass setting-names',
    'pass schedules',
    'pass origins',
    'pass caller-auth',
    'pass sample-service-endpoints',
    'pass public-base-url',
    'pass webhook-hosts',
    'pass vault',
    'pass clock',
    'pass identity',
    'pass secret/guest-keys',
    'pass secret/trusted-application',
    'pass tables/guests',
    'pass tables/meetingGuests',
    'pass tables/meetingRequests',
    'pass tables/discoveryHealth',
    'pass tables/healthSubscriptions',
    'pass entra/tenant',
    'pass entra/token',
    'pass entra/permissions',
    'pass trusted-application/discover',
    'pass trusted-application/applications',
    'pass trusted-application/application',
    'pass trusted-application/guest-join',
    'pass trusted-application/on-demand-meetings',
    'pass ucwa/contoso.example/root',
    'pass ucwa/contoso.example/user',
    'pass ucwa/contoso.example/challenge',
    'pass ucwa/litware.example/root',
    'pass ucwa/litware.example/user',
    'pass ucwa/litware.example/challenge',
  ]);
  expect(report.status).toBe('pass');
});

test('an examination changes nothing and creates nothing: no row, no token for a guest, no meeting', async () => {
  const { cloud, tables } = patient.secret;
  await patient.examine(bothPlatforms);
  expect(patient.world.platform.issued).toEqual([]);
  expect(patient.world.platform.meetings).toEqual([]);
  expect(patient.world.onPremises.issued).toEqual([]);
  expect(patient.world.alerts).toEqual([]);
  for (const name of ['guests', 'discoveryHealth'] as const) expect(await cloud.rows(name)).toEqual([]);
  // What does not read is the deletion of a row that there is not.
  const writes = tables.calls.filter(({ operation }) => operation !== 'read');
  expect(new Set(writes.map(({ operation, status }) => `${operation} ${status}`))).toEqual(new Set(['delete 404']));
});

test('the status of the report is that of its worst check', async () => {
  expect((await patient.examine({ PUBLIC_BASE_URL: '' })).report.status).toBe('warn');
  await patient.world.faults.down('platform', true);
  expect((await patient.examine({ PUBLIC_BASE_URL: '' })).report.status).toBe('fail');
});

test('settings that cannot be used end the examination before any call', async () => {
  const { outcomes } = await patient.examine({ KEY_VAULT_URL: '' });
  expect(outcomes).toEqual(['fail settings', 'pass setting-names', 'pass schedules', 'pass origins']);
  expect(patient.world.calls).toEqual([]);
});

test('a vault that fails ends what needs its secrets, and nothing else', async () => {
  await patient.world.faults.down('vault', true);
  const { outcomes } = await patient.examine(bothPlatforms);
  expect(outcomes.filter((outcome) => outcome.startsWith('fail'))).toEqual(['fail vault']);
  expect(outcomes).toContain('pass tables/guests');
  expect(outcomes).toContain('pass ucwa/contoso.example/challenge');
  expect(outcomes.join()).not.toMatch(/secret\/|entra\/|trusted-application\//);
});

test('a step that works slowly is a warning', async () => {
  patient.world.faults.set('platform.applications', { delayMs: 2_100 });
  const { check, outcomes } = await patient.examine();
  expect(check('trusted-application/applications')).toMatchObject({
    status: 'warn',
    reason: expect.stringMatching(/took 2\.\d s/) as string,
    nextStep: expect.stringContaining('see to the load') as string,
  });
  expect(outcomes).toContain('pass trusted-application/guest-join');
});

test('each check is reported as it ends', async () => {
  const reported: string[] = [];
  const { report } = await patient.examine({}, { onCheck: ({ name }) => reported.push(name) });
  expect(reported).toEqual(report.checks.map(({ name }) => name));
});

describe('one check', () => {
  const unknown = { explain: () => undefined };

  test('a check that works gives what it found to the next one', async () => {
    const examination = startExamination(() => undefined);
    expect(await examination.run('one', () => Promise.resolve(1), unknown)).toEqual({ value: 1 });
    const judge = () => warning('It is warm.', 'Cool it.');
    expect(await examination.run('two', () => Promise.resolve(2), { ...unknown, judge })).toEqual({ value: 2 });
    expect(examination.report()).toMatchObject({ status: 'warn', checks: [{ status: 'pass' }, { status: 'warn' }] });
  });

  test('a check that fails gives nothing', async () => {
    const examination = startExamination(() => undefined);
    const judge = () => failing('It is cold.', 'Warm it.');
    expect(await examination.run('one', () => Promise.resolve(1), { ...unknown, judge })).toBeUndefined();
    expect(await examination.run('two', () => Promise.reject(new Error('words')), unknown)).toBeUndefined();
    expect(examination.report().status).toBe('fail');
  });

  test('a failure without an explanation is reported by its name, code and status, and not by its message', async () => {
    const examination = startExamination(() => undefined);
    const cause = Object.assign(new Error('S3cret'), { name: 'RestError', code: 'Odd', statusCode: 418 });
    await examination.run('one', () => Promise.reject(new Error('S3cret', { cause })), unknown);
    const [check] = examination.report().checks;
    expect(check).toMatchObject({
      status: 'fail',
      reason: 'It failed in a way that the doctor does not know: Error, caused by RestError Odd 418.',
      nextStep: expect.stringContaining('report this line') as string,
    });
  });

  test('for people, a check is a line, its reason and its next step; the last line counts', () => {
    const examination = startExamination(() => undefined);
    examination.note('one', passed);
    examination.note('two', warning('It is warm.', 'Cool it.'));
    const report = examination.report();
    expect(report.checks.flatMap(linesOf)).toEqual(['pass  one', 'warn  two', '      It is warm.', '      → Cool it.']);
    expect(linesOf({ name: 'three', status: 'pass', latencyMs: 12 })).toEqual(['pass  three (12 ms)']);
    expect(statusLineOf(report)).toBe('\nStatus: warn. 1 pass, 1 warn, 0 fail.');
  });
});

describe('secrecy', () => {
  // Each examination of the patient looks for secrets in all that is printed; the tests expect only that something fails.
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

  test('neither what the tables say nor a secret of a wrong form is repeated', async () => {
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

  test('no setting that has a secret in it is repeated, also if it cannot be used', async () => {
    const { environment } = patient.secret.cloud;
    for (const name of Object.keys(environment)) {
      const { report } = await patient.examine({
        [name]: `${patient.secret.everySecret()} ${environment[name] ?? ''}`,
      });
      expect(report.checks.length).toBeGreaterThan(3);
    }
  });
});
