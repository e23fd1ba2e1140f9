import { startExamination, type CheckResult } from '../../../admin/doctor/examination.ts';
import { checkSettings } from '../../../admin/doctor/settingsChecks.ts';
import { says } from './patient.ts';

const environment = {
  KEY_VAULT_URL: 'https://contoso.vault.azure.net/',
  GUEST_KEYS_SECRET_NAME: 'guest-keys',
  TABLES_ENDPOINT: 'https://contosoguests.table.core.windows.net',
  MEETING_PLATFORMS: 'trusted-application',
  ALLOWED_ORIGINS: 'https://www.contoso.example',
  ENTRA_TENANT_ID: '3d2a9c10-0000-4000-8000-0000000000aa',
  ENTRA_CLIENT_ID: '5f1d2c3b-0000-4000-8000-0000000000c1',
  ENTRA_CLIENT_SECRET_NAME: 'entra-client-secret',
  TRUSTED_APPLICATION_ENDPOINT_ID: 'sip:helpdesk@contoso.example',
  DISCOVERY_CHECK_SCHEDULE: '0 */5 * * * *',
  PURGE_SCHEDULE: '0 17 * * * *',
};
const development = { AZURE_FUNCTIONS_ENVIRONMENT: 'Development' };

function checksOf(changes: Record<string, string | undefined> = {}): Record<string, CheckResult> {
  const examination = startExamination(() => undefined);
  checkSettings(examination, { ...environment, ...changes });
  return Object.fromEntries(examination.report().checks.map((check) => [check.name, check]));
}

test('settings that are right pass every check', () => {
  expect(Object.values(checksOf()).map(({ name, status }) => `${status} ${name}`)).toEqual([
    'pass settings',
    'pass setting-names',
    'pass schedules',
    'pass origins',
  ]);
});

describe('settings', () => {
  test('names every mistake at once, and where the settings are described', () => {
    const changes = { KEY_VAULT_URL: undefined, ENTRA_CLIENT_ID: 'contoso', ENTRA_CLIENT_CERTIFICATE_NAME: 'app' };
    const { settings } = checksOf(changes);
    expect(settings).toEqual(
      says('fail', /KEY_VAULT_URL is missing; .*ENTRA_CLIENT_ID must be a GUID/, /README \("Settings"\)/),
    );
    expect(settings?.reason).toContain('ENTRA_CLIENT_SECRET_NAME and ENTRA_CLIENT_CERTIFICATE_NAME exclude each other');
  });

  test('that cannot be used keep nobody from hearing about the schedules and the origins', () => {
    const checks = checksOf({
      KEY_VAULT_URL: undefined,
      PURGE_SCHEDULE: 'hourly',
      ALLOWED_ORIGINS: 'http://a.example',
    });
    expect(Object.values(checks).map(({ status }) => status)).toEqual(['fail', 'pass', 'fail', 'fail']);
  });

  test('leaves App Service authentication to its own check', () => {
    const callers = { CALLER_AUTH: 'entra', CALLER_APP_IDS: environment.ENTRA_CLIENT_ID };
    expect(checksOf(callers)['settings']).toMatchObject({ status: 'pass' });
  });
});

describe('setting-names', () => {
  test.each(['TRUSTED_APPLICATION_ENDPOINTID', 'Ucwa_Hosts', 'ENTRA_CLIENT_SECRET', 'GUEST_KEY_SECRET_NAME'])(
    'warns of %s, which the service would pass over',
    (name) => {
      expect(checksOf({ [name]: 'x' })['setting-names']).toEqual(
        says('warn', new RegExp(`^${name} is no setting`), /mistyped/),
      );
    },
  );

  test('knows the settings of the host, of Azure and of others by their absence from its families', () => {
    const others = { AzureWebJobsStorage__clientId: 'x', AZURE_CLIENT_ID: environment.ENTRA_CLIENT_ID, PATH: '/bin' };
    const hosts = { WEBSITE_SITE_NAME: 'x', FUNCTIONS_WORKER_RUNTIME: 'node', UCWA_PASSWORD: 'x' };
    expect(checksOf({ ...others, ...hosts })['setting-names']).toMatchObject({ status: 'pass' });
  });
});

describe('schedules', () => {
  test.each([
    ['is missing', '', /^PURGE_SCHEDULE is missing\.$/],
    ['has five fields', '*/5 * * * *', /^PURGE_SCHEDULE is no NCRONTAB expression of six fields\.$/],
    ['has a field out of range', '0 75 * * * *', /of six fields: the minute is wrong\.$/],
    ['never occurs', '0 0 0 31 2 *', /of six fields\.$/],
    ['is a time span', '00:05:00', /of six fields\.$/],
  ])('a schedule that %s fails, with the form that it must have', (_, schedule, reason) => {
    expect(checksOf({ PURGE_SCHEDULE: schedule })['schedules']).toEqual(
      says('fail', reason, /\{second\} \{minute\} \{hour\}.*0 17 \* \* \* \* hourly/),
    );
  });
});

describe('origins', () => {
  test.each([
    ['http', 'http://www.contoso.example', /^http:\/\/www\.contoso\.example is not https\.$/],
    ['a path', 'https://a.example, https://b.example/page', /^entry 2 is not an https origin\.$/],
    ['localhost in Azure', 'https://localhost:3000', /^https:\/\/localhost:3000 is not an https origin\.$/],
    ['nothing', '  ', /names none/],
  ])('with %s fail, and are named', (_, origins, reason) => {
    expect(checksOf({ ALLOWED_ORIGINS: origins })['origins']).toEqual(says('fail', reason, /https/));
  });

  test('on localhost are a warning in development', () => {
    const changes = { ...development, ALLOWED_ORIGINS: 'http://localhost:3000,https://www.contoso.example' };
    expect(checksOf(changes)['origins']).toEqual(
      says('warn', /^http:\/\/localhost:3000 works in development only/, /when you deploy/),
    );
  });
});

test('a secret that stands in the wrong setting is repeated by no check, whichever setting it is', () => {
  const misplaced = 'S3cret/pasted:into@the wrong;setting=';
  for (const name of Object.keys(environment)) {
    const text = JSON.stringify(checksOf({ [name]: misplaced }));
    for (const part of ['S3cret', 'into@the', 'setting=']) expect(text).not.toContain(part);
  }
});
