import { readRegistrationSettings, readSettings, type Environment } from '../../../lib/settings.ts';
import { azure, guid, refusalOf } from '../environments.ts';

const [one, two] = ['c0ffee01-0000-4000-8000-0000000000c2', 'C0FFEE02-0000-4000-8000-0000000000C2'];
const otherTenant = '11111111-ABCD-4000-8000-000000000000';

/** All that a deployment sets for Entra, and what App Service adds. */
const entra: Environment = {
  ...azure,
  CALLER_AUTH: 'entra',
  CALLER_APP_IDS: `${one}, ${two}`,
  WEBSITE_AUTH_ENABLED: 'True',
};

const callerAuthOf = (changes: Environment = {}) => readSettings({ ...entra, ...changes }).callerAuth;
const without = (name: string): Environment =>
  Object.fromEntries(Object.entries(entra).filter(([given]) => given !== name));

describe('function keys', () => {
  test('are the default, and need nothing else', () => {
    expect(readSettings(azure).callerAuth).toEqual({ kind: 'function-key' });
    expect(readSettings({ ...azure, CALLER_AUTH: ' ' }).callerAuth).toEqual({ kind: 'function-key' });
  });

  test('stay what counts, whatever else is set for Entra', () => {
    expect(callerAuthOf({ CALLER_AUTH: 'function-key' })).toEqual({ kind: 'function-key' });
  });
});

describe('Entra', () => {
  test('has the tenant of the platform’s application, and ids in lower case', () => {
    expect(callerAuthOf()).toEqual({ kind: 'entra', tenantId: guid, appIds: [one, two.toLowerCase()] });
  });

  test('may have callers of another tenant', () => {
    expect(callerAuthOf({ CALLER_TENANT_ID: otherTenant })).toMatchObject({ tenantId: otherTenant.toLowerCase() });
  });

  test('has a tenant of its own where the platform needs none', () => {
    const { ENTRA_TENANT_ID, ...others } = entra;
    const onPremises = { ...others, MEETING_PLATFORMS: 'ucwa', UCWA_MEETING_HOSTS: 'meet.contoso.com=contoso.com' };
    const settings = readSettings({ ...onPremises, CALLER_TENANT_ID: otherTenant });
    expect(settings.callerAuth).toMatchObject({ tenantId: otherTenant.toLowerCase() });
    expect(refusalOf(onPremises)).toBe('Correct the settings: CALLER_TENANT_ID or ENTRA_TENANT_ID must be a GUID.');
  });

  test.each(['true', 'True', 'TRUE', ' true '])('is on when App Service says %j', (value) => {
    expect(callerAuthOf({ WEBSITE_AUTH_ENABLED: value })).toMatchObject({ kind: 'entra' });
  });

  test.each([undefined, '', 'False', 'false', '1', 'yes', 'on', 'truetrue', 'True;True'])(
    'is refused when App Service says %j',
    (value) => {
      expect(refusalOf({ ...entra, WEBSITE_AUTH_ENABLED: value })).toBe(
        'Correct the settings: CALLER_AUTH=entra needs App Service authentication to be on.',
      );
    },
  );

  test.each([
    ['CALLER_APP_IDS', undefined, 'CALLER_APP_IDS is missing'],
    ['CALLER_APP_IDS', ' ', 'CALLER_APP_IDS is missing'],
    ['CALLER_APP_IDS', ',;', 'CALLER_APP_IDS must be application ids, separated by commas'],
    ['CALLER_APP_IDS', '*', 'CALLER_APP_IDS must be application ids'],
    ['CALLER_APP_IDS', `${one},hidden-value`, 'CALLER_APP_IDS must be application ids'],
    ['CALLER_APP_IDS', `api://${one}`, 'CALLER_APP_IDS must be application ids'],
    ['CALLER_APP_IDS', `{${one}}`, 'CALLER_APP_IDS must be application ids'],
    ['CALLER_APP_IDS', one.slice(1), 'CALLER_APP_IDS must be application ids'],
    ['CALLER_TENANT_ID', 'hidden-value.onmicrosoft.com', 'CALLER_TENANT_ID must be a GUID'],
    ['CALLER_TENANT_ID', 'organizations', 'CALLER_TENANT_ID must be a GUID'],
    ['CALLER_AUTH', 'Entra', 'CALLER_AUTH must be function-key or entra'],
    ['CALLER_AUTH', 'anonymous', 'CALLER_AUTH must be function-key or entra'],
    ['SAMPLE_SERVICE_ENDPOINTS', 'open', 'SAMPLE_SERVICE_ENDPOINTS must be off with CALLER_AUTH=entra'],
    ['SAMPLE_SERVICE_ENDPOINTS', 'keyed', 'SAMPLE_SERVICE_ENDPOINTS must be off with CALLER_AUTH=entra'],
  ])('with %s=%j is refused: %s %s', (name, value, complaint) => {
    const message = refusalOf({ ...entra, [name]: value });
    expect(message).toContain(complaint);
    expect(message).not.toMatch(/hidden|c0ffee/i);
  });

  test('names all that is missing in one message', () => {
    const message = refusalOf({
      ...without('CALLER_APP_IDS'),
      WEBSITE_AUTH_ENABLED: 'False',
      SAMPLE_SERVICE_ENDPOINTS: 'open',
      ENTRA_TENANT_ID: '',
    });
    for (const name of [
      'CALLER_APP_IDS',
      'App Service authentication',
      'SAMPLE_SERVICE_ENDPOINTS',
      'ENTRA_TENANT_ID',
    ]) {
      expect(message).toContain(name);
    }
  });
});

describe('before anything is checked', () => {
  test.each([
    [{}, 'function-key'],
    [{ CALLER_AUTH: 'entra' }, 'entra'],
    [{ CALLER_AUTH: ' entra\n' }, 'entra'],
    // Mistakes count as the closed choice: with a key the host refuses, whatever the settings are worth.
    [{ CALLER_AUTH: 'Entra' }, 'function-key'],
    [{ CALLER_AUTH: 'entra,function-key' }, 'function-key'],
    [{ CALLER_AUTH: 'anonymous' }, 'function-key'],
  ])('endpoints of %j are registered for %s', (environment, callerAuth) => {
    expect(readRegistrationSettings(environment)).toMatchObject({ callerAuth });
  });
});
