import type { TokenCredential } from '@azure/identity';
import { azureCallTimeoutMs, retryOptions } from './clientOptions.ts';

/**
 * The identity that Azure gives the app: the only one that opens the vault and the tables. On a developer's machine the
 * local cloud plays its endpoint (IDENTITY_ENDPOINT), so there is no second way in.
 * @param clientId of a user-assigned identity; undefined means the system-assigned one.
 */
export async function managedIdentity(clientId: string | undefined, callTimeoutMs?: number): Promise<TokenCredential> {
  const { ManagedIdentityCredential } = await import('@azure/identity');
  return withTimeLimit(new ManagedIdentityCredential({ ...(clientId && { clientId }), retryOptions }), callTimeoutMs);
}

/**
 * A credential that gives up when a call has taken its time. The identity library does not listen to the abort signal:
 * on a server that never answers it would wait for ever, and with it every client whose requests share the token.
 */
export function withTimeLimit(credential: TokenCredential, callTimeoutMs = azureCallTimeoutMs): TokenCredential {
  return {
    getToken: (scopes, options) => {
      const timeUp = AbortSignal.timeout(callTimeoutMs);
      const tooLate = new Promise<never>((_, reject) => {
        timeUp.addEventListener('abort', () => {
          reject(timeUp.reason as Error);
        });
      });
      return Promise.race([credential.getToken(scopes, options), tooLate]);
    },
  };
}
