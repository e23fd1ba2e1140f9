import { Problem } from '../problem.ts';
import type { Settings } from '../settings.ts';
import { step } from '../telemetry.ts';
import { azureCallTimeoutMs, retryOptions } from './clientOptions.ts';
import { managedIdentity } from './managedIdentity.ts';

/** A secret as the vault keeps it. */
export interface VaultSecret {
  readonly value: string;
  readonly contentType: string | undefined;
  readonly expiresAt: Date | undefined;
}

/** Reads the newest version of a secret; throws `secrets-unavailable`. Nothing is cached here. */
export type ReadSecret = (name: string) => Promise<VaultSecret>;

/**
 * The Key Vault of the settings, opened at the first read.
 * @param identity what opens it; another than the default is for an administrator's own tools only.
 */
export function openVault(
  settings: Pick<Settings, 'keyVaultUrl' | 'managedIdentityClientId' | 'development'>,
  identity = managedIdentity,
): ReadSecret {
  const connect = async () => {
    const [{ SecretClient }, credential] = await Promise.all([
      import('@azure/keyvault-secrets'),
      identity(settings.managedIdentityClientId),
    ]);
    return new SecretClient(settings.keyVaultUrl, credential, {
      retryOptions,
      disableChallengeResourceVerification: settings.development,
    });
  };
  let client: ReturnType<typeof connect> | undefined;

  return (name) =>
    step('vault', async () => {
      client ??= connect();
      try {
        const secret = await (await client).getSecret(name, { abortSignal: AbortSignal.timeout(azureCallTimeoutMs) });
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
