import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { VaultSecret } from '../../lib/azure/vault.ts';
import { parseRing } from '../../lib/sealing/keyRing.ts';
import { failing, passed, warning, type Finding } from '../../lib/platforms/examination.ts';
import type { AzureCommands } from './azureCommands.ts';

/** Checks the form of a secret. The finding says what is wrong with it, and never quotes it. */
export type Shape = (secret: VaultSecret, name: string, commands: AzureCommands) => Finding;

/** The options that make guest keys. The shell makes the key, so that it is not part of the command. */
export const newGuestKeys = '--value "k1.$(openssl rand -base64 32)"';

/** A ring of keys, one a line. */
export const guestKeysShape: Shape = ({ value }, name, commands) => {
  try {
    const { length } = parseRing(value);
    return { status: 'pass', reason: length === 1 ? 'One key.' : `${length} keys.` };
  } catch {
    return failing(
      `${name} is no key ring: 1 to 4 lines kid.base64(32 bytes), each kid once.`,
      `Bring back its last good version, because guests sealed under a lost key cannot come back; if there has been none: ${commands.setSecret(name, newGuestKeys)}`,
    );
  }
};

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const hasPem = (value: string): boolean => value.includes('-----BEGIN');

/** One line without anything around it: a client secret, a password. */
export const passwordShape: Shape = ({ value }, name, commands) => {
  if (hasPem(value)) {
    return failing(
      `${name} holds a certificate or a key in PEM, and is used as a client secret or password.`,
      'Name it in ENTRA_CLIENT_CERTIFICATE_NAME instead of ENTRA_CLIENT_SECRET_NAME.',
    );
  }
  if (value.trim() === '') {
    return failing(`${name} is empty.`, `Put the secret from a file: ${commands.setSecret(name, '--file secret.txt')}`);
  }
  if (value !== value.trim()) {
    return failing(
      `${name} begins or ends with a blank or a line break, which counts as part of it.`,
      `Put it again from a file that has no line break (printf %s, not echo): ${commands.setSecret(name, '--file secret.txt')}`,
    );
  }
  if (guid.test(value)) {
    return warning(
      `${name} looks like the id of a client secret, and not like its value.`,
      'Put the column "Value" into the vault: it is shown once, when the secret is made.',
    );
  }
  return passed;
};

/** A certificate with its private key, in PEM. */
export const certificateShape: Shape = ({ value, contentType }, name, commands) => {
  if (!hasPem(value) || contentType === 'application/x-pkcs12') {
    return failing(
      `${name} is not PEM${contentType === 'application/x-pkcs12' ? ' but a PFX' : ''}.`,
      `Convert it (openssl pkcs12 -in app.pfx -out app.pem -nodes) and import the result: ${commands.importCertificate(name)}`,
    );
  }
  const whole = `Import the certificate together with its key, both in one file without a password: ${commands.importCertificate(name)}`;
  if (!value.includes('-----BEGIN CERTIFICATE-----')) return failing(`${name} has no certificate.`, whole);
  if (!/-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/.test(value)) return failing(`${name} has no private key.`, whole);
  try {
    if (new X509Certificate(value).checkPrivateKey(createPrivateKey(value))) return passed;
    return failing(`In ${name} the key is not the one of the first certificate.`, whole);
  } catch {
    return failing(`${name} has a certificate or a key that cannot be read; the key may have a password.`, whole);
  }
};
