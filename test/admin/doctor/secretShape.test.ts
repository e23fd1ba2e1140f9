import { createCA, createCert } from 'mkcert';
import { createPrivateKey } from 'node:crypto';
import { azureCommands } from '../../../admin/doctor/azureCommands.ts';
import { identityOf } from '../../../admin/doctor/identity.ts';
import { certificateShape } from '../../../admin/doctor/secretShape.ts';
import { readSettings } from '../../../lib/settings.ts';
import { says } from './patient.ts';

const settings = readSettings({
  KEY_VAULT_URL: 'https://contoso.vault.azure.net/',
  GUEST_KEYS_SECRET_NAME: 'guest-keys',
  TABLES_ENDPOINT: 'https://contosoguests.table.core.windows.net',
  ALLOWED_ORIGINS: 'https://www.contoso.example',
  MEETING_PLATFORMS: 'ucwa',
  UCWA_MEETING_HOSTS: 'meet.contoso.example=contoso.example',
});
const commands = azureCommands(settings, {}, identityOf(false));
const findingOf = (value: string, contentType?: string): unknown =>
  certificateShape({ value, contentType, expiresAt: undefined }, 'app-certificate', commands);

let first: { key: string; cert: string };
let other: { key: string; cert: string };

beforeAll(async () => {
  const names = { organization: 'Test', countryCode: 'XX', state: 'None', locality: 'None' };
  const ca = await createCA({ ...names, validity: 10 });
  const make = () => createCert({ ca, domains: ['app.contoso.example'], validity: 10 });
  [first, other] = await Promise.all([make(), make()]);
});

test('a certificate with its key passes, in either order', () => {
  expect(findingOf(`${first.cert}\n${first.key}`)).toEqual({ status: 'pass' });
  expect(findingOf(`${first.key}\n${first.cert}`, 'application/x-pem-file')).toEqual({ status: 'pass' });
});

test('a PFX fails, with how to convert it', () => {
  const convert =
    /openssl pkcs12 -in app\.pfx -out app\.pem -nodes\) and import the result: az keyvault certificate import --vault-name contoso --name app-certificate --file app\.pem$/;
  expect(findingOf('MIIKYQIBAzCCChcGCSqGSIb3', 'application/x-pkcs12')).toEqual(
    says('fail', /not PEM but a PFX/, convert),
  );
  expect(findingOf('MIIKYQIBAzCCChcGCSqGSIb3')).toEqual(says('fail', /is not PEM\./, convert));
});

test('a certificate alone, a key alone and two that do not belong together fail', () => {
  const both = /certificate together with its key/;
  expect(findingOf(first.cert)).toEqual(says('fail', /has no private key/, both));
  expect(findingOf(first.key)).toEqual(says('fail', /has no certificate/, both));
  expect(findingOf(`${first.cert}\n${other.key}`)).toEqual(says('fail', /not the one of the first certificate/, both));
});

test('what cannot be read fails: half a certificate, a key with a password', () => {
  const half = first.cert.replace(/(?<=CERTIFICATE-----\s)[^-]+/, 'MIID\n');
  expect(findingOf(`${half}\n${first.key}`)).toEqual(
    says('fail', /cannot be read/, /both in one file without a password/),
  );
  const locked = createPrivateKey(first.key).export({
    type: 'pkcs1',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'a password',
  });
  expect(findingOf(`${first.cert}\n${locked.toString()}`)).toEqual(
    says('fail', /may have a password/, /both in one file without a password/),
  );
});
