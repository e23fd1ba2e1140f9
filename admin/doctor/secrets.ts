import type { ReadSecret, VaultSecret } from '../../lib/azure/vault.ts';
import { expiryOf } from '../../lib/health/parts.ts';
import type { Settings } from '../../lib/settings.ts';
import type { AzureCommands } from './azureCommands.ts';
import { failing, warning, type Examination, type Finding } from './examination.ts';
import { certificateShape, guestKeysShape, passwordShape, type Shape } from './secretShape.ts';
import { vaultAdvice, type Purpose } from './vaultAdvice.ts';

interface Wanted {
  readonly purpose: Purpose;
  readonly name: string;
  readonly shape: Shape;
}

/** Whether each secret is there, can be read, is what it should be and lasts. Answers those that can be used. */
export async function checkSecrets(
  examination: Examination,
  settings: Settings,
  { readSecret, commands, now }: { readSecret: ReadSecret; commands: AzureCommands; now: () => number },
): Promise<ReadonlySet<Purpose>> {
  const usable = new Set<Purpose>();
  const { host } = new URL(settings.keyVaultUrl);
  for (const { purpose, name, shape } of wantedBy(settings)) {
    const secret = await examination.run(`secret/${purpose}`, () => readSecret(name), {
      explain: (error) => vaultAdvice(error, { purpose, name, host, commands }),
      judge: (found) => {
        const finding = shape(found, name, commands);
        return finding.status === 'pass' ? (ofExpiry(found, { purpose, name, now: now() }) ?? finding) : finding;
      },
    });
    if (secret) usable.add(purpose);
  }
  return usable;
}

function wantedBy({ guestKeysSecretName, trustedApplication, ucwa }: Settings): Wanted[] {
  const credential = trustedApplication?.entra.credential;
  const account = ucwa?.checkAccount;
  return [
    { purpose: 'guest-keys', name: guestKeysSecretName, shape: guestKeysShape },
    ...(credential
      ? [
          {
            purpose: 'trusted-application' as const,
            name: credential.name,
            shape: credential.kind === 'secret' ? passwordShape : certificateShape,
          },
        ]
      : []),
    ...(account ? [{ purpose: 'ucwa' as const, name: account.secretName, shape: passwordShape }] : []),
  ];
}

const dayMs = 24 * 60 * 60_000;

const renewals: Record<Purpose, string> = {
  'guest-keys':
    'Put it again with a new line on top of the old ones and a later date or none; drop no line before GUEST_RETENTION_HOURS have passed.',
  'trusted-application':
    'Make a new one in Entra, put it into the vault as a new version, then remove the old one in Entra (SECURITY.md, "Rotation").',
  ucwa: "Change the account's password and put it into the vault as a new version.",
};

function ofExpiry(
  secret: VaultSecret,
  { purpose, name, now }: { purpose: Purpose; name: string; now: number },
): Finding | undefined {
  const expiry = expiryOf(secret);
  if (expiry === undefined || expiry - now > 30 * dayMs) return undefined;
  const date = new Date(expiry).toISOString().slice(0, 10);
  if (expiry <= now) return failing(`${name} has expired on ${date}.`, renewals[purpose]);
  return warning(`${name} expires on ${date}, in ${Math.floor((expiry - now) / dayMs)} days.`, renewals[purpose]);
}
