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

test('settings that cannot be used end it: nobody is called', async () => {
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
