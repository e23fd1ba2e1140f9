import { apiProperties, iconBrandColor, type Connection } from '../../connector/generate/connection.ts';

const connection: Connection = {
  tenantId: '11111111-0000-4000-8000-000000000001',
  clientId: '11111111-0000-4000-8000-000000000002',
  resource: 'api://11111111-0000-4000-8000-000000000003',
};

const propertiesOf = (of: Connection) => apiProperties(of)['properties'] as Record<string, unknown>;

test('with a function key, the key is asked for as a secret that has to be given', () => {
  expect(propertiesOf('function-key')['connectionParameters']).toEqual({
    api_key: {
      type: 'securestring',
      uiDefinition: {
        displayName: 'Function Key',
        description: expect.stringMatching(/\.$/) as string,
        tooltip: expect.stringMatching(/\.$/) as string,
        constraints: { tabIndex: 1, clearText: false, required: 'true' },
      },
    },
  });
});

test('with Entra, the maker of a connection signs in for the service, through the connector’s registration', () => {
  expect(propertiesOf(connection)['connectionParameters']).toEqual({
    token: {
      type: 'oauthSetting',
      oAuthSettings: {
        identityProvider: 'aad',
        clientId: connection.clientId,
        scopes: [],
        redirectMode: 'Global',
        redirectUrl: 'https://global.consent.azure-apim.net/redirect',
        properties: { IsFirstParty: 'False' },
        customParameters: {
          loginUri: { value: 'https://login.microsoftonline.com' },
          tenantId: { value: connection.tenantId },
          resourceUri: { value: connection.resource },
        },
      },
    },
  });
});

test.each(['function-key', connection] as const)(
  'neither holds a secret, nor what the tools cannot take (%#)',
  (of) => {
    const properties = propertiesOf(of);
    expect(Object.keys(properties).sort()).toEqual([
      'capabilities',
      'connectionParameters',
      'iconBrandColor',
      'publisher',
    ]);
    expect(properties['capabilities']).toEqual(['actions', 'triggers']);
    expect(properties['publisher']).toMatch(/^[A-Za-z0-9 ]+$/);
    expect(JSON.stringify(properties)).not.toMatch(/secret"|stackOwner/i);
  },
);

test('the brand colour is neither the default one nor white', () => {
  expect(iconBrandColor).toMatch(/^#[0-9a-f]{6}$/);
  expect(['#007ee5', '#ffffff']).not.toContain(iconBrandColor);
});
