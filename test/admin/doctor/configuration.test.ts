import { adoptIdentity, readSettingsFile } from '../../../admin/doctor/configuration.ts';
import { isDevelopment } from '../../../lib/settings.ts';

const values = { KEY_VAULT_URL: 'https://contoso.vault.azure.net/', AZURE_FUNCTIONS_ENVIRONMENT: 'Development' };
const local = JSON.stringify({ IsEncrypted: false, Values: values, Host: { CORS: '*' } });
const listed = JSON.stringify([
  { name: 'KEY_VAULT_URL', slotSetting: false, value: values.KEY_VAULT_URL },
  { name: 'AZURE_FUNCTIONS_ENVIRONMENT', slotSetting: false, value: 'Development' },
  { name: 'EMPTY', slotSetting: false, value: null },
]);

test('a local.settings.json is all that the service sees', () => {
  const { environment, isComplete } = readSettingsFile(local, {});
  expect(environment).toMatchObject(values);
  expect(isComplete).toBe(true);
  expect(isDevelopment(environment)).toBe(true);
});

test('a file may begin with a byte order mark', () => {
  expect(readSettingsFile(`\uFEFF${local}`, {}).environment).toMatchObject(values);
});

test('what Azure lists is less than the app sees, and never development', () => {
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
  const named = JSON.stringify({ Values: { ...values, IDENTITY_ENDPOINT: 'http://named', IDENTITY_HEADER: 'header' } });
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
