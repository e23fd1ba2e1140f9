import { readSettings } from '../../lib/settings.ts';
import { trustedApplicationOf } from '../support/platforms.ts';
import { azure, guid, refusalOf } from './environments.ts';

describe('in Azure', () => {
  test('what has to be set is enough, and the rest has its defaults', () => {
    const host = (name: string) => ({ host: name, port: '' });
    expect(readSettings(azure)).toEqual({
      development: false,
      tables: { endpoint: 'https://contoso.table.core.windows.net/' },
      managedIdentityClientId: undefined,
      keyVaultUrl: 'https://contoso.vault.azure.net/',
      guestKeysSecretName: 'guest-keys',
      allowedOrigins: ['https://www.contoso.com'],
      guestRetentionHours: 24,
      alertWebhookUrl: undefined,
      callerAuth: { kind: 'function-key' },
      sampleServiceEndpoints: 'off',
      publicBaseUrl: undefined,
      webhookHosts: [host('logic.azure.com'), host('api.powerplatform.com')],
      connectTo: undefined,
      platforms: [expect.objectContaining({ name: 'trusted-application' })],
    });
    expect(trustedApplicationOf(azure)).toEqual({
      discoverUrl: new URL('https://api.skypeforbusiness.com/platformservice/discover'),
      endpointId: 'sip:helpdesk@contoso.com',
      audience: 'https://api.skypeforbusiness.com',
      hosts: [host('skypeforbusiness.com'), host('lync.com')],
      meetingHosts: [host('meet.lync.com'), host('meet.resources.lync.com')],
      entra: {
        tenantId: guid,
        clientId: guid,
        authorityHost: undefined,
        credential: { kind: 'secret', name: 'entra-secret' },
      },
    });
  });

  test('an empty setting counts as absent, and blanks around one as nothing', () => {
    const blanks = {
      ...azure,
      AZURE_CLIENT_ID: '',
      GUEST_RETENTION_HOURS: '  ',
      KEY_VAULT_URL: `  ${azure['KEY_VAULT_URL'] ?? ''}\n`,
    };
    const withoutFunctions = (settings: unknown): unknown => JSON.parse(JSON.stringify(settings));
    expect(withoutFunctions(readSettings(blanks))).toEqual(withoutFunctions(readSettings(azure)));
  });

  test('everything can be set', () => {
    const { ENTRA_CLIENT_SECRET_NAME, ...others } = azure;
    const environment = {
      ...others,
      AZURE_CLIENT_ID: guid.toUpperCase(),
      MEETING_PLATFORMS: 'trusted-application',
      ALLOWED_ORIGINS: 'https://www.contoso.com/, HTTPS://Advisor.Contoso.com:443;https://contoso.com:8443',
      GUEST_RETENTION_HOURS: '8760',
      ALERT_WEBHOOK_URL: 'https://hooks.contoso.com/alert?key=1',
      CALLER_AUTH: 'function-key',
      SAMPLE_SERVICE_ENDPOINTS: 'keyed',
      PUBLIC_BASE_URL: 'HTTPS://Join.Contoso.com:443/',
      WEBHOOK_HOSTS: 'Hooks.contoso.com:443; logic.azure.us',
      TRUSTED_APPLICATION_DISCOVER_URL: 'https://pool.contoso.com:4443/discover?Region=northamerica',
      TRUSTED_APPLICATION_AUDIENCE: '00000004-0000-0ff1-ce00-000000000000',
      TRUSTED_APPLICATION_HOSTS: 'contoso.com:4443, lync.com',
      TRUSTED_APPLICATION_MEETING_HOSTS: 'MEET.contoso.com',
      ENTRA_CLIENT_CERTIFICATE_NAME: 'entra-certificate',
      ENTRA_AUTHORITY_HOST: 'https://login.microsoftonline.us/',
    };
    expect(readSettings(environment)).toMatchObject({
      managedIdentityClientId: guid.toUpperCase(),
      allowedOrigins: ['https://www.contoso.com', 'https://advisor.contoso.com', 'https://contoso.com:8443'],
      guestRetentionHours: 8_760,
      alertWebhookUrl: new URL('https://hooks.contoso.com/alert?key=1'),
      sampleServiceEndpoints: 'keyed',
      publicBaseUrl: 'https://join.contoso.com',
      webhookHosts: [
        { host: 'hooks.contoso.com', port: '' },
        { host: 'logic.azure.us', port: '' },
      ],
      platforms: [{ name: 'trusted-application' }],
    });
    expect(trustedApplicationOf(environment)).toMatchObject({
      discoverUrl: new URL('https://pool.contoso.com:4443/discover?Region=northamerica'),
      audience: '00000004-0000-0ff1-ce00-000000000000',
      hosts: [
        { host: 'contoso.com', port: '4443' },
        { host: 'lync.com', port: '' },
      ],
      meetingHosts: [{ host: 'meet.contoso.com', port: '' }],
      entra: {
        authorityHost: 'https://login.microsoftonline.us',
        credential: { kind: 'certificate', name: 'entra-certificate' },
      },
    });
  });
});

describe('a mistake', () => {
  test('of every kind stands in one message, by name and never by value', () => {
    const message = refusalOf({
      TABLES_ENDPOINT: 'hidden value',
      KEY_VAULT_URL: 'http://hidden-value.example',
      GUEST_KEYS_SECRET_NAME: 'hidden/value',
      ALLOWED_ORIGINS: 'https://www.contoso.com,hidden-value',
      GUEST_RETENTION_HOURS: 'hidden-value',
      MEETING_PLATFORMS: 'trusted-application,hidden-value',
      ENTRA_CLIENT_ID: 'hidden-value',
      TRUSTED_APPLICATION_ENDPOINT_ID: 'sip:Hidden-Value@contoso.com',
      TRUSTED_APPLICATION_HOSTS: '*.hidden-value.example',
      CALLER_AUTH: 'hidden-value',
      SAMPLE_SERVICE_ENDPOINTS: 'hidden-value',
      PUBLIC_BASE_URL: 'https://hidden-value.example/api',
      WEBHOOK_HOSTS: 'https://hidden-value.example',
    });
    expect(message).toMatch(/^Correct the settings: .+\.$/);
    expect(message).not.toMatch(/hidden/i);
    for (const mistake of [
      'TABLES_ENDPOINT must be an https URL on a DNS name',
      'KEY_VAULT_URL must be an https URL on a DNS name',
      'GUEST_KEYS_SECRET_NAME must be the name of a secret in the vault',
      'ALLOWED_ORIGINS must be https origins, separated by commas',
      'GUEST_RETENTION_HOURS must be a number of hours',
      'MEETING_PLATFORMS must name platforms out of: trusted-application',
      'ENTRA_TENANT_ID is missing',
      'ENTRA_CLIENT_ID must be a GUID',
      'TRUSTED_APPLICATION_ENDPOINT_ID must be a lower-case SIP URI such as sip:helpdesk@contoso.com',
      'TRUSTED_APPLICATION_HOSTS must be host names, separated by commas',
      'CALLER_AUTH must be function-key or entra',
      'SAMPLE_SERVICE_ENDPOINTS must be off, keyed, open',
      'PUBLIC_BASE_URL must be an https origin such as https://join.contoso.com',
      'WEBHOOK_HOSTS must be host names, separated by commas',
      'ENTRA_CLIENT_SECRET_NAME or ENTRA_CLIENT_CERTIFICATE_NAME is missing',
    ]) {
      expect(message).toContain(mistake);
    }
  });

  test('is all that is missing from an environment that is empty, or names a platform only', () => {
    const namesIn = (message: string) => new Set([...message.matchAll(/[A-Z][A-Z_]{4,}/g)].map(([name]) => name));
    const ofPlatform = Object.keys(azure).filter((name) => /^(?:ENTRA|TRUSTED)_/.test(name));
    const ofService = Object.keys(azure).filter((name) => !ofPlatform.includes(name) && name !== 'WEBSITE_INSTANCE_ID');
    expect(namesIn(refusalOf({}))).toEqual(new Set([...ofService, 'TABLES_CONNECTION_STRING']));
    expect(namesIn(refusalOf({ MEETING_PLATFORMS: 'trusted-application' }))).toEqual(
      new Set(
        [...ofService, ...ofPlatform, 'TABLES_CONNECTION_STRING', 'ENTRA_CLIENT_CERTIFICATE_NAME'].filter(
          (name) => name !== 'MEETING_PLATFORMS',
        ),
      ),
    );
  });

  test.each<[string, string, string]>([
    ['TABLES_ENDPOINT', 'contoso.table.core.windows.net', 'must be an https URL'],
    ['TABLES_ENDPOINT', 'https://10.0.0.4/', 'must be an https URL'],
    ['KEY_VAULT_URL', 'https://user@contoso.vault.azure.net', 'must be an https URL'],
    ['AZURE_CLIENT_ID', 'my-identity', 'must be a GUID'],
    ['GUEST_KEYS_SECRET_NAME', 'guest_keys', 'must be the name'],
    ['ALLOWED_ORIGINS', ',;', 'must be https origins'],
    ['ALLOWED_ORIGINS', 'https://www.contoso.com/page', 'must be https origins'],
    ['ALLOWED_ORIGINS', 'https://www.contoso.com?a', 'must be https origins'],
    ['ALLOWED_ORIGINS', 'http://www.contoso.com', 'must be https origins'],
    ['ALLOWED_ORIGINS', '*', 'must be https origins'],
    [
      'ALLOWED_ORIGINS',
      Array.from({ length: 30 }, (_, n) => `https://www${n}.contoso.com`).join(),
      'must fit into 500',
    ],
    ['GUEST_RETENTION_HOURS', '0', 'must be at least 1'],
    ['GUEST_RETENTION_HOURS', '8761', 'must be at most 8760'],
    ['GUEST_RETENTION_HOURS', '1.5', 'must be whole hours'],
    ['ALERT_WEBHOOK_URL', 'http://hooks.contoso.com', 'must be an https URL'],
    ['CALLER_AUTH', 'anonymous', 'must be function-key'],
    ['SAMPLE_SERVICE_ENDPOINTS', 'on', 'must be off, keyed, open'],
    ['SAMPLE_SERVICE_ENDPOINTS', 'Open', 'must be off, keyed, open'],
    ['PUBLIC_BASE_URL', 'join.contoso.com', 'must be an https origin'],
    ['PUBLIC_BASE_URL', 'http://join.contoso.com', 'must be an https origin'],
    ['PUBLIC_BASE_URL', 'http://localhost:7071', 'must be an https origin'],
    ['PUBLIC_BASE_URL', 'https://join.contoso.com/api', 'must be an https origin'],
    ['PUBLIC_BASE_URL', 'https://join.contoso.com?code=1', 'must be an https origin'],
    ['PUBLIC_BASE_URL', 'https://user@join.contoso.com', 'must be an https origin'],
    ['PUBLIC_BASE_URL', 'https://10.0.0.4', 'must be an https origin'],
    ['WEBHOOK_HOSTS', ';', 'must be host names'],
    ['WEBHOOK_HOSTS', '*.logic.azure.com', 'must be host names'],
    ['WEBHOOK_HOSTS', 'logic.azure.com,10.0.0.4', 'must be host names'],
    ['WEBHOOK_HOSTS', 'logic.azure.com,[::1]', 'must be host names'],
    ['WEBHOOK_HOSTS', 'logic.azure.com,hooks.contoso.com:8443', 'must be on port 443'],
    ['ENTRA_AUTHORITY_HOST', 'https://login.evil.example', 'must be the authority host'],
    [
      'ENTRA_CLIENT_CERTIFICATE_NAME',
      'also-this',
      'ENTRA_CLIENT_SECRET_NAME and ENTRA_CLIENT_CERTIFICATE_NAME exclude each other',
    ],
    ['TRUSTED_APPLICATION_AUDIENCE', 'two words', 'must be a resource URI'],
    ['TRUSTED_APPLICATION_DISCOVER_URL', 'https://evil-lync.com/discover', 'is not within TRUSTED_APPLICATION_HOSTS'],
    [
      'TRUSTED_APPLICATION_DISCOVER_URL',
      'https://api.lync.com:444/discover',
      'is not within TRUSTED_APPLICATION_HOSTS',
    ],
    ['TRUSTED_APPLICATION_MEETING_HOSTS', 'meet.contoso.com meet_contoso.com', 'must be host names'],
    ['TRUSTED_APPLICATION_ENDPOINT_ID', 'helpdesk@contoso.com', 'must be a lower-case SIP URI'],
  ])('in %s is told: %s', (name, value, complaint) => {
    const message = refusalOf({ ...azure, [name]: value });
    expect(message).toContain(name);
    expect(message).toContain(complaint);
  });
});
