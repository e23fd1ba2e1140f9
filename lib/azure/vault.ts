import { CachedValue } from '../cachedValue.ts';
import { Problem } from '../problem.ts';
import { step } from '../telemetry.ts';
import { azureCallTimeoutMs, retryOptions } from './clientOptions.ts';
import { managedIdentity } from './managedIdentity.ts';
import type { OpenOptions } from './tables.ts';

/** A secret as the vault keeps it. */
export interface VaultSecret {
  readonly value: string;
  readonly contentType: string | undefined;
  readonly expiresAt: Date | undefined;
}

/** Reads the newest version of a secret; throws `secrets-unavailable`. Nothing is cached here. */
export type ReadSecret = (name: string) => Promise<VaultSecret>;

/** Which vault it is, and what opens it. */
interface VaultSettings {
  readonly keyVaultUrl: string;
  readonly managedIdentityClientId: string | undefined;
  readonly development: boolean;
}

/** The Key Vault of the settings, opened at the first read. */
export function openVault(
  settings: VaultSettings,
  { identity = managedIdentity, callTimeoutMs = azureCallTimeoutMs }: OpenOptions = {},
): ReadSecret {
  const connect = async () => {
    const [{ SecretClient }, credential] = await Promise.all([
      import('@azure/keyvault-secrets'),
      identity(settings.managedIdentityClientId, callTimeoutMs),
    ]);
    return new SecretClient(settings.keyVaultUrl, credential, {
      retryOptions,
      disableChallengeResourceVerification: settings.development,
    });
  };
  const client = new CachedValue({ load: connect, isFresh: () => true, now: Date.now });

  return (name) =>
    step('vault', async () => {
      try {
        const opened = await client.get();
        const secret = await opened.getSecret(name, { abortSignal: AbortSignal.timeout(callTimeoutMs) });
        const { contentType, expiresOn } = secret.properties;
        return { value: secret.value ?? '', contentType, expiresAt: expiresOn };
      } catch (error) {
        throw new Problem('secrets-unavailable', 'Try again shortly; if it stays, check the vault and its access.', {
          retryAfterSeconds: 5,
          cause: error,
        });
      }
    });
}
