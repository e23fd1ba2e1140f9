import type { ReadSecret, VaultSecret } from '../../lib/azure/vault.ts';
import { expiryOf } from '../../lib/health/parts.ts';
import type { Settings } from '../../lib/settings.ts';
import type { AzureCommands } from './azureCommands.ts';
import { failing, warning, type Examination, type Finding } from '../../lib/platforms/examination.ts';
import { certificateShape, guestKeysShape, passwordShape, type Shape } from './secretShape.ts';
import { vaultAdvice } from './vaultAdvice.ts';

interface Wanted {
  /** The names are those of the service's own health check. */
  readonly purpose: string;
  readonly name: string;
  readonly shape: Shape;
  readonly renewal: string;
}

/** Whether each secret is there, can be read, is what it should be and lasts. Answers the names of those that can be used. */
export async function checkSecrets(
  examination: Examination,
  settings: Settings,
  { readSecret, commands, now }: { readSecret: ReadSecret; commands: AzureCommands; now: () => number },
): Promise<ReadonlySet<string>> {
  const usable = new Set<string>();
  const { host } = new URL(settings.keyVaultUrl);
  for (const { purpose, name, shape, renewal } of wantedBy(settings)) {
    const secret = await examination.run(`secret/${purpose}`, () => readSecret(name), {
      explain: (error) => vaultAdvice(error, { purpose, name, host, commands }),
      judge: (found) => {
        const finding = shape(found, name, commands);
        return finding.status === 'pass' ? (ofExpiry(found, { renewal, name, now: now() }) ?? finding) : finding;
      },
    });
    if (secret) usable.add(name);
  }
  return usable;
}

const shapes = { password: passwordShape, certificate: certificateShape } as const;

function wantedBy({ guestKeysSecretName, platforms }: Settings): Wanted[] {
  return [
    { purpose: 'guest-keys', name: guestKeysSecretName, shape: guestKeysShape, renewal: renewalOfGuestKeys },
    ...platforms.flatMap(({ name: purpose, secrets }) =>
      secrets.map(({ secretName, shape, renewal }) => ({ purpose, name: secretName, shape: shapes[shape], renewal })),
    ),
  ];
}

const dayMs = 24 * 60 * 60_000;

const renewalOfGuestKeys =
  'Put it again with a new line on top of the old ones and a later date or none; drop no line before GUEST_RETENTION_HOURS have passed.';

function ofExpiry(
  secret: VaultSecret,
  { renewal, name, now }: { renewal: string; name: string; now: number },
): Finding | undefined {
  const expiry = expiryOf(secret);
  if (expiry === undefined || expiry - now > 30 * dayMs) return undefined;
  const date = new Date(expiry).toISOString().slice(0, 10);
  if (expiry <= now) return failing(`${name} has expired on ${date}.`, renewal);
  return warning(`${name} expires on ${date}, in ${Math.floor((expiry - now) / dayMs)} days.`, renewal);
}
