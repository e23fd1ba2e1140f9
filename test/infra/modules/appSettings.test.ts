import { readdirSync, readFileSync } from 'node:fs';
import { serviceSchema } from '../../../lib/settings/service.ts';
import { trustedApplicationSchema } from '../../../lib/platforms/trustedApplication/settings.ts';
import { ucwaSchema } from '../../../lib/platforms/ucwa/settings.ts';
import { readSettings } from '../../../lib/settings.ts';
import { clientId, tenantId } from '../bicep/azure.ts';
import { asText } from '../bicep/values.ts';
import { appSettingsOf, leastVariables, provision, variables } from '../azd.ts';

/** The settings of the app, as its process finds them. */
async function settingsWith(environment: Record<string, string> = {}): Promise<Record<string, string>> {
  const settings = appSettingsOf(await provision(environment));
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, asText(value)]));
}

const schemas = { ...serviceSchema(false, []).shape, ...trustedApplicationSchema(false).shape, ...ucwaSchema.shape };
const known = Object.entries(schemas)
  .filter(([, schema]) => !JSON.stringify(schema.safeParse('x').error?.issues ?? []).includes('for development only'))
  .map(([name]) => name);
/** `%NAME%` in a function's registration is replaced by the host. */
const readByBindings = readdirSync('functions').flatMap(
  (file) => readFileSync(`functions/${file}`, 'utf8').match(/(?<=%)[A-Z_]+(?=%)/g) ?? [],
);
const readByHost = [
  'AzureWebJobsStorage__credential',
  'AzureWebJobsStorage__clientId',
  'AzureWebJobsStorage__blobServiceUri',
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
];
const ofResources = ['AZURE_CLIENT_ID', 'KEY_VAULT_URL', 'TABLES_ENDPOINT'];
/** A value that no schema is asked about: it only has to arrive. */
const everything = Object.fromEntries([...variables().values()].map((name) => [name, `of-${name}`]));
const closedChoices = { CALLER_AUTH: 'entra', SAMPLE_SERVICE_ENDPOINTS: 'open', GUEST_STORAGE_SKU: 'Standard_ZRS' };
const numbers = {
  ALWAYS_READY_INSTANCES: '2',
  MAXIMUM_INSTANCES: '50',
  INSTANCE_MEMORY_MB: '4096',
  HTTP_CONCURRENCY: '64',
};

test('every setting that the service, a binding or the host reads is set, and no other', async () => {
  expect(known.length).toBeGreaterThan(30);
  expect(readByBindings).toContain('PURGE_SCHEDULE');
  const set = await settingsWith({ ...everything, ...closedChoices, ...numbers });
  expect(Object.keys(set).toSorted()).toEqual([...new Set([...known, ...readByBindings, ...readByHost])].toSorted());
});

test('a variable of azd arrives in the setting of its name', async () => {
  const environment: Record<string, string> = { ...everything, ...closedChoices, ...numbers };
  const set = await settingsWith(environment);
  const names = [...known, ...readByBindings].filter((name) => !ofResources.includes(name));
  expect(Object.fromEntries(names.map((name) => [name, set[name]]))).toEqual(
    Object.fromEntries(names.map((name) => [name, environment[name]])),
  );
});

test('what is not set is left out, so that the default of the service holds', async () => {
  const set = await settingsWith();
  expect(Object.values(set)).not.toContain('');
  expect(set).not.toHaveProperty('GUEST_RETENTION_HOURS');
  expect(readSettings(set).guestRetentionHours).toBe(24);
});

test('the host reaches its storage and its telemetry as the app’s identity', async () => {
  expect(await settingsWith()).toMatchObject({
    AzureWebJobsStorage__credential: 'managedidentity',
    AzureWebJobsStorage__clientId: clientId,
    AzureWebJobsStorage__blobServiceUri: expect.stringMatching(/^https:\/\/sthost\w+\.blob\./) as string,
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: `ClientId=${clientId};Authorization=AAD`,
  });
});

test('the runtime is no setting: Flex Consumption refuses it as one', async () => {
  const set = Object.keys(await settingsWith());
  expect(set.filter((name) => /^FUNCTIONS_|^WEBSITE_|^SCM_|^ENABLE_ORYX/.test(name))).toEqual([]);
});

describe('the service accepts what is deployed', () => {
  test('with the least that has to be set', async () => {
    const settings = readSettings(await settingsWith());
    expect(settings).toMatchObject({
      development: false,
      managedIdentityClientId: clientId,
      guestKeysSecretName: 'guest-keys',
      tables: { endpoint: expect.stringMatching(/^https:\/\/stguests\w+\.table\./) as string },
      callerAuth: { kind: 'function-key' },
      sampleServiceEndpoints: 'off',
      publicBaseUrl: expect.stringMatching(/^https:\/\/func-\w+\.azurewebsites\.net$/) as string,
      platforms: [{ name: 'trusted-application', secrets: [{ secretName: 'entra-client-secret', shape: 'password' }] }],
    });
  });

  test('with a certificate instead of a secret', async () => {
    const settings = readSettings(await settingsWith({ ENTRA_CLIENT_CERTIFICATE_NAME: 'platform-pem' }));
    expect(settings.platforms).toMatchObject([{ secrets: [{ secretName: 'platform-pem', shape: 'certificate' }] }]);
  });

  test('with UCWA alone', async () => {
    const settings = readSettings(
      await settingsWith({
        ENTRA_CLIENT_ID: '',
        TRUSTED_APPLICATION_ENDPOINT_ID: '',
        MEETING_PLATFORMS: 'ucwa',
        UCWA_MEETING_HOSTS: 'meet.contoso.example=contoso.example',
      }),
    );
    expect(settings.platforms).toMatchObject([{ name: 'ucwa', meetingHosts: { hosts: ['meet.contoso.example'] } }]);
  });

  test('with Entra for callers, once App Service says that its authentication is on', async () => {
    const appId = '33333333-4444-4555-8666-777777777777';
    const set = await settingsWith({ ...leastVariables, CALLER_AUTH: 'entra', CALLER_APP_IDS: appId });
    expect(() => readSettings(set)).toThrow('App Service authentication');
    const settings = readSettings({ ...set, WEBSITE_AUTH_ENABLED: 'True' });
    expect(settings.callerAuth).toEqual({ kind: 'entra', tenantId, appIds: [appId] });
  });
});
