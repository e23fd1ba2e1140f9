import type { TokenCredential } from '@azure/identity';
import { retryOptions } from './clientOptions.ts';
import { withTimeLimit } from './withTimeLimit.ts';

/**
 * The identity that Azure gives the app: the only one that opens the vault and the tables. On a developer's machine the
 * local cloud plays its endpoint (IDENTITY_ENDPOINT), so there is no second way in.
 * @param clientId of a user-assigned identity; undefined means the system-assigned one.
 */
export async function managedIdentity(clientId: string | undefined): Promise<TokenCredential> {
  const { ManagedIdentityCredential } = await import('@azure/identity');
  return withTimeLimit(new ManagedIdentityCredential({ ...(clientId && { clientId }), retryOptions }));
}
