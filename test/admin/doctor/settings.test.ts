import { adoptIdentity, readSettingsFile } from '../../../admin/doctor/configuration.ts';
import { checkEndpoints } from '../../../admin/doctor/endpointChecks.ts';
import { startExamination, type CheckResult } from '../../../admin/doctor/examination.ts';
import { checkSettings } from '../../../admin/doctor/settingsChecks.ts';
import { isDevelopment, readSettings } from '../../../lib/settings.ts';
import { says } from './patient.ts';

describe('the settings file', () => {
  const values = { KEY_VAULT_URL: 'https://contoso.vault.azure.net/', AZURE_FUNCTIONS_ENVIRONMENT: 'Development' };
  const local = JSON.stringify({ IsEncrypted: false, Values: values, Host: { CORS: '*' } });
  const listed = JSON.stringify([
    { name: 'KEY_VAULT_URL', slotSetting: false, value: values.KEY_VAULT_URL },
    { name: 'AZURE_FUNCTIONS_ENVIRONMENT', slotSetting: false, value: 'Development' },
    { name: 'EMPTY', slotSetting: false, value: null },
  ]);

  test('a local.settings.json is complete, and may be of development', () => {
    const { environment, isComplete } = readSettingsFile(local, {});
    expect(environment).toMatchObject(values);
    expect(isComplete).toBe(true);
    expect(isDevelopment(environment)).toBe(true);
  });

  test('a file may begin with a byte order mark', () => {
    expect(readSettingsFile(`\uFEFF${local}`, {}).environment).toMatchObject(values);
  });

  test('what Azure lists is incomplete, and never of development', () => {
    const { environment, isComplete } = readSettingsFile(listed, {});
    expect(environment['KEY_VAULT_URL']).toBe(values.KEY_VAULT_URL);
    expect(environment['EMPTY']).toBeUndefined();
    expect(isComplete).toBe(false);
    expect(isDevelopment(environment)).toBe(false);
  });

  test.each([local, listed])('the identity is that of the machine, unless the settings name one', (text) => {
    const own = { IDENTITY_ENDPOINT: 'http://own', IDENTITY_HEADER: 'own-header', PATH: '/bin' };
    const { environment } = readSettingsFile(text, own);
    expect(environment).toMatchObject({ IDENTITY_ENDPOINT: 'http://own', IDENTITY_HEADER: 'own-header' });
    expect(environment['PATH']).toBeUndefined();
  });

  test('the identity that settings name is put where the Azure libraries look', () => {
    const named = JSON.stringify({
      Values: { ...values, IDENTITY_ENDPOINT: 'http://named', IDENTITY_HEADER: 'header' },
    });
    const own: NodeJS.ProcessEnv = { IDENTITY_ENDPOINT: 'http://own' };
    adoptIdentity(readSettingsFile(named, own), own);
    expect(own).toEqual({ IDENTITY_ENDPOINT: 'http://named', IDENTITY_HEADER: 'header' });
  });

  test.each([
    ['that is no JSON', 'KEY_VAULT_URL=S3cret', 'The settings are not JSON.'],
    ['of another shape', '{"KEY_VAULT_URL":"S3cret"}', 'neither a local.settings.json nor the list'],
    ['with something else than texts', '{"Values":{"A":{"S3cret":1}}}', 'neither a local.settings.json nor the list'],
    ['that is encrypted', '{"IsEncrypted":true,"Values":{"A":"S3cret"}}', 'func settings decrypt'],
  ])('a file %s is refused, and not quoted', (_, text, complaint) => {
    const read = (): unknown => readSettingsFile(text, {});
    expect(read).toThrow(complaint);
    expect(read).not.toThrow('S3cret');
  });
});

describe('the settings by themselves', () => {
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
      expect(settings?.reason).toContain(
        'ENTRA_CLIENT_SECRET_NAME and ENTRA_CLIENT_CERTIFICATE_NAME exclude each other',
      );
    });

    test('that cannot be used are reported together with the schedules and the origins', () => {
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
      'warns of %s, which the service would ignore',
      (name) => {
        expect(checksOf({ [name]: 'x' })['setting-names']).toEqual(
          says('warn', new RegExp(`^${name} is no setting`), /mistyped/),
        );
      },
    );

    test('passes settings of the host, of Azure and of others, whose first words are not those of the service', () => {
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

  test('a secret in the wrong setting is repeated by no check, whichever setting it is', () => {
    const misplaced = 'S3cret/pasted:into@the wrong;setting=';
    for (const name of Object.keys(environment)) {
      const text = JSON.stringify(checksOf({ [name]: misplaced }));
      for (const part of ['S3cret', 'into@the', 'setting=']) expect(text).not.toContain(part);
    }
  });
});

describe('the endpoints', () => {
  const clientId = '5f1d2c3b-0000-4000-8000-0000000000c1';
  const environment = {
    KEY_VAULT_URL: 'https://contoso.vault.azure.net/',
    GUEST_KEYS_SECRET_NAME: 'guest-keys',
    TABLES_ENDPOINT: 'https://contosoguests.table.core.windows.net',
    ALLOWED_ORIGINS: 'https://www.contoso.example',
    MEETING_PLATFORMS: 'ucwa',
    UCWA_MEETING_HOSTS: 'meet.contoso.example=contoso.example',
    PUBLIC_BASE_URL: 'https://join.contoso.example',
    CALLER_TENANT_ID: '3d2a9c10-0000-4000-8000-0000000000aa',
  };
  const entra = { CALLER_AUTH: 'entra', CALLER_APP_IDS: clientId };

  interface Circumstances {
    isComplete?: boolean;
    /** What the name of the alert webhook resolves to; undefined: it does not. */
    address?: string | undefined;
  }

  async function checkOf(
    name: string,
    changes: Record<string, string> = {},
    { isComplete = true, address }: Circumstances = {},
  ): Promise<CheckResult | undefined> {
    const given = { ...environment, ...changes };
    const examination = startExamination(() => undefined);
    const settings = readSettings({ ...given, WEBSITE_AUTH_ENABLED: 'true' });
    const notFound = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });
    await checkEndpoints(examination, settings, { environment: given, isComplete }, () =>
      address === undefined ? Promise.reject(notFound) : Promise.resolve([{ address, family: 4 }]),
    );
    return examination.report().checks.find((check) => check.name === name);
  }

  describe('caller-auth', () => {
    test('passes with function keys, and with App Service authentication that is on', async () => {
      expect(await checkOf('caller-auth')).toMatchObject({ status: 'pass' });
      expect(await checkOf('caller-auth', { ...entra, WEBSITE_AUTH_ENABLED: 'True' })).toMatchObject({
        status: 'pass',
        reason: `Applications that may call: ${clientId}.`,
      });
    });

    test('fails where App Service authentication is off, and says how to turn it on', async () => {
      expect(await checkOf('caller-auth', entra)).toEqual(
        says(
          'fail',
          /App Service authentication is off: every endpoint .* answers 503/,
          /azd env set CALLER_AUTH entra/,
        ),
      );
    });

    test('warns where the list of settings does not say whether it is on, with the command that does', async () => {
      const app = { ...entra, WEBSITE_SITE_NAME: 'contoso-join', WEBSITE_RESOURCE_GROUP: 'rg-join' };
      expect(await checkOf('caller-auth', app, { isComplete: false })).toEqual(
        says('warn', /do not say/, /az webapp auth show --resource-group rg-join --name contoso-join$/),
      );
    });
  });

  test('open endpoints for clients of the sample service are a warning, keyed ones are not', async () => {
    expect(await checkOf('sample-service-endpoints', { SAMPLE_SERVICE_ENDPOINTS: 'open' })).toEqual(
      says('warn', /anybody who knows a meeting link/, /Set SAMPLE_SERVICE_ENDPOINTS to keyed/),
    );
    expect(await checkOf('sample-service-endpoints', { SAMPLE_SERVICE_ENDPOINTS: 'keyed' })).toMatchObject({
      status: 'pass',
    });
  });

  test('without a public base URL flows cannot subscribe to health', async () => {
    expect(await checkOf('public-base-url', { PUBLIC_BASE_URL: '' })).toEqual(
      says('warn', /health-subscriptions/, /Set PUBLIC_BASE_URL/),
    );
    expect(await checkOf('public-base-url')).toMatchObject({ status: 'pass' });
  });

  test('webhook hosts warn of a whole top-level domain, and pass as they are by default', async () => {
    expect(await checkOf('webhook-hosts', { WEBHOOK_HOSTS: 'logic.azure.com,com' })).toEqual(
      says('warn', /every host below com\./, /Name the hosts/),
    );
    expect(await checkOf('webhook-hosts')).toMatchObject({ status: 'pass' });
  });

  describe('alert-webhook', () => {
    const alerts = { ALERT_WEBHOOK_URL: 'https://alerts.contoso.example/hook/S3cretSignature?sig=S3cret' };

    test('is not looked at if there is none', async () => {
      expect(await checkOf('alert-webhook')).toBeUndefined();
    });

    test('passes with a public address', async () => {
      expect(await checkOf('alert-webhook', alerts, { address: '20.50.2.1' })).toMatchObject({ status: 'pass' });
    });

    test.each([
      [
        'a private address',
        '10.1.2.3',
        /^alerts\.contoso\.example has an address that is not public/,
        /public internet/,
      ],
      ['no address', undefined, /^alerts\.contoso\.example has no address in the DNS/, /Correct ALERT_WEBHOOK_URL/],
    ])('fails with %s, and shows nothing of the URL but its host', async (_, address, reason, nextStep) => {
      const check = await checkOf('alert-webhook', alerts, { address });
      expect(check).toEqual(says('fail', reason, nextStep));
      expect(JSON.stringify(check)).not.toContain('S3cret');
    });
  });
});
