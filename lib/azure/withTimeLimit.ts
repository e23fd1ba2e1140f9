import type { TokenCredential } from '@azure/identity';
import { azureCallTimeoutMs } from './clientOptions.ts';

/**
 * A credential that gives up when a call has taken its time. The identity library does not listen to the abort signal:
 * on a server that never answers it would wait for ever, and with it every client whose requests share the token.
 */
export function withTimeLimit(credential: TokenCredential): TokenCredential {
  return {
    getToken: (scopes, options) => {
      const timeUp = AbortSignal.timeout(azureCallTimeoutMs);
      const tooLate = new Promise<never>((_, reject) => {
        timeUp.addEventListener('abort', () => {
          reject(timeUp.reason as Error);
        });
      });
      return Promise.race([credential.getToken(scopes, options), tooLate]);
    },
  };
}
