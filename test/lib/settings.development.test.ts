import { isDevelopment, readSettings, type Environment } from '../../lib/settings.ts';
import { azure, development, refusalOf } from './environments.ts';

describe('a developer’s switch', () => {
  const switches: [string, Environment][] = [
    ['a table connection string', { TABLES_CONNECTION_STRING: development['TABLES_CONNECTION_STRING'] }],
    ['tables on loopback', { TABLES_CONNECTION_STRING: undefined, TABLES_ENDPOINT: 'http://127.0.0.1:10002/account' }],
    ['a vault on loopback', { KEY_VAULT_URL: 'https://localhost:8443' }],
    ['a foreign authority', { ENTRA_AUTHORITY_HOST: 'https://localhost:8444' }],
    ['directed connections', { DEVELOPMENT_CONNECT_TO: '127.0.0.1:8445' }],
    ['an origin on this machine', { ALLOWED_ORIGINS: 'http://localhost:3000' }],
    ['a public base on this machine', { PUBLIC_BASE_URL: 'http://localhost:7071' }],
  ];
  const base = { ...development, TABLES_CONNECTION_STRING: undefined, TABLES_ENDPOINT: azure['TABLES_ENDPOINT'] };
  const withSwitch = (change: Environment): Environment =>
    'TABLES_CONNECTION_STRING' in change ? { ...development, ...change } : { ...base, ...change };

  test.each(switches)('%s works on a developer’s machine', (_, change) => {
    expect(readSettings(withSwitch(change)).development).toBe(true);
  });

  test.each(switches)('%s is refused in Azure, whatever the environment calls itself', (_, change) => {
    const name = Object.keys(change).at(-1) ?? '';
    for (const place of [
      { WEBSITE_INSTANCE_ID: 'an-instance' },
      { WEBSITE_INSTANCE_ID: '' },
      { AZURE_FUNCTIONS_ENVIRONMENT: undefined },
      { AZURE_FUNCTIONS_ENVIRONMENT: 'Production' },
      { AZURE_FUNCTIONS_ENVIRONMENT: 'development' },
    ]) {
      expect(refusalOf({ ...withSwitch(change), ...place })).toContain(name);
    }
  });

  test.each([
    ['http://localhost:65536', 'ALLOWED_ORIGINS'],
    ['http://localhost.evil.example', 'ALLOWED_ORIGINS'],
    ['http://127.0.0.1:3000', 'ALLOWED_ORIGINS'],
    ['http://127.0.0.1:99999', 'KEY_VAULT_URL'],
    ['http://127.0.0.1.evil.example:80', 'KEY_VAULT_URL'],
    ['http://user@127.0.0.1:80', 'KEY_VAULT_URL'],
    ['https://login.evil.example', 'ENTRA_AUTHORITY_HOST'],
    ['127.0.0.1:65536', 'DEVELOPMENT_CONNECT_TO'],
    ['evil.example:443', 'DEVELOPMENT_CONNECT_TO'],
    ['nonsense', 'TABLES_CONNECTION_STRING'],
  ])('opens nothing but loopback: %s as %s is refused there too', (value, name) => {
    expect(refusalOf({ ...development, [name]: value })).toContain(name);
  });

  test('needs both marks', () => {
    expect(isDevelopment({ AZURE_FUNCTIONS_ENVIRONMENT: 'Development' })).toBe(true);
    expect(isDevelopment({})).toBe(false);
    expect(isDevelopment({ AZURE_FUNCTIONS_ENVIRONMENT: 'Development', WEBSITE_INSTANCE_ID: 'i' })).toBe(false);
  });
});
