import { checkEndpoints } from '../../../admin/doctor/endpointChecks.ts';
import { startExamination, type CheckResult } from '../../../admin/doctor/examination.ts';
import { readSettings } from '../../../lib/settings.ts';
import { says } from './patient.ts';

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
      says('fail', /App Service authentication is off: every endpoint .* answers 503/, /azd env set CALLER_AUTH entra/),
    );
  });

  test('warns where a list of settings cannot say so, with the command that can', async () => {
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
    ['a private address', '10.1.2.3', /^alerts\.contoso\.example has an address that is not public/, /public internet/],
    ['no address', undefined, /^alerts\.contoso\.example has no address in the DNS/, /Correct ALERT_WEBHOOK_URL/],
  ])('fails with %s, and tells nothing of the URL but its host', async (_, address, reason, nextStep) => {
    const check = await checkOf('alert-webhook', alerts, { address });
    expect(check).toEqual(says('fail', reason, nextStep));
    expect(JSON.stringify(check)).not.toContain('S3cret');
  });
});
