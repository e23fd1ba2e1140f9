import { endpoints } from '../../../lib/contract/endpoints.ts';
import { tenantId } from '../bicep/azure.ts';
import { provision, theResource } from '../azd.ts';

const apiClientId = '22222222-3333-4444-8555-666666666666';
const callers = ['33333333-4444-4555-8666-777777777777', '44444444-5555-4666-8777-888888888888'];
const entra = { CALLER_AUTH: 'entra', CALLER_API_CLIENT_ID: apiClientId, CALLER_APP_IDS: callers.join(', ') };

const authenticationWith = async (environment: Record<string, string>) =>
  theResource(await provision(environment), 'Microsoft.Web/sites/config', /^authsettingsV2$/).body['properties'];

test.each([{}, { CALLER_AUTH: 'function-key' }])(
  'with function keys it is off, also where it was on (%j)',
  async (given) => {
    expect(await authenticationWith(given)).toMatchObject({
      platform: { enabled: false },
      globalValidation: { requireAuthentication: false, unauthenticatedClientAction: 'AllowAnonymous' },
      identityProviders: {},
    });
  },
);

test('with Entra a request without a token of a listed application gets 401', async () => {
  expect(await authenticationWith(entra)).toMatchObject({
    platform: { enabled: true },
    globalValidation: { requireAuthentication: true, unauthenticatedClientAction: 'Return401' },
    identityProviders: {
      azureActiveDirectory: {
        enabled: true,
        registration: { clientId: apiClientId, openIdIssuer: `https://login.microsoftonline.com/${tenantId}/v2.0` },
        validation: {
          allowedAudiences: [apiClientId, `api://${apiClientId}`],
          defaultAuthorizationPolicy: { allowedApplications: [apiClientId, ...callers] },
        },
      },
    },
    login: { tokenStore: { enabled: false } },
    httpSettings: { requireHttps: true },
  });
});

test('the callers’ tenant is the platform’s, unless it is named', async () => {
  const issuer = (tenant: string): object => ({
    identityProviders: {
      azureActiveDirectory: { registration: { openIdIssuer: `https://login.microsoftonline.com/${tenant}/v2.0` } },
    },
  });
  const [platform, named] = ['55555555-6666-4777-8888-999999999999', '66666666-7777-4888-8999-000000000000'] as const;
  expect(await authenticationWith({ ...entra, ENTRA_TENANT_ID: platform })).toMatchObject(issuer(platform));
  expect(await authenticationWith({ ...entra, ENTRA_TENANT_ID: platform, CALLER_TENANT_ID: named })).toMatchObject(
    issuer(named),
  );
});

test('the endpoints that need no caller stay open, the status page, and the host’s own, which have a key; no other', async () => {
  const open = Object.values(endpoints).filter(({ auth }) => auth === 'anonymous');
  expect(await authenticationWith(entra)).toMatchObject({
    globalValidation: { excludedPaths: [...open.map(({ route }) => `/api/${route}`), '/api/status', '/admin/*'] },
  });
});

test('without a list nobody but who signs in for the status page is let in', async () => {
  expect(await authenticationWith({ ...entra, CALLER_APP_IDS: '' })).toMatchObject({
    identityProviders: {
      azureActiveDirectory: { validation: { defaultAuthorizationPolicy: { allowedApplications: [apiClientId] } } },
    },
  });
});
