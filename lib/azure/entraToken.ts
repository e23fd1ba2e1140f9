import type { TokenCredential } from '@azure/identity';
import { Problem } from '../problem.ts';
import type { Settings } from '../settings.ts';
import type { EntraSettings } from '../settings/trustedApplication.ts';
import { step } from '../telemetry.ts';
import { retryOptions } from './clientOptions.ts';
import type { ReadSecret, VaultSecret } from './vault.ts';
import { withTimeLimit } from './managedIdentity.ts';

/** Access tokens of the Entra application for one audience. */
export interface EntraTokens {
  /** A token that is valid for a while yet; from memory where possible. */
  get(): Promise<string>;
  /** Forgets `token`, because the platform refused it; does nothing if a newer one has taken its place. */
  drop(token: string): void;
}

export interface EntraTokensOptions {
  entra: EntraSettings;
  audience: string;
  readSecret: ReadSecret;
  settings: Pick<Settings, 'development'>;
  now?: () => number;
}

interface AccessToken {
  token: string;
  expiresAt: number;
}

const renewBeforeMs = 5 * 60_000;
const rereadSecretEveryMs = 30_000;

/**
 * Client credentials (secret or PEM certificate from the vault), cached until five minutes before they expire. One
 * caller renews; the others go on with the old token while it lasts. When Entra says `invalid_client` the credential
 * is read again, at most every 30 s, and the call repeated once: replacing a secret loses no request.
 */
export function createEntraTokens({
  entra,
  audience,
  readSecret,
  settings,
  now = Date.now,
}: EntraTokensOptions): EntraTokens {
  let current: AccessToken | undefined;
  let renewal: Promise<AccessToken> | undefined;
  let secret: Promise<VaultSecret> | undefined;
  let rereadAt = -Infinity;

  const readCredential = (): Promise<VaultSecret> => {
    if (!secret) {
      secret = readSecret(entra.credential.name);
      secret.catch(() => (secret = undefined));
    }
    return secret;
  };

  const request = async (): Promise<AccessToken> => {
    // A credential object keeps its own token cache, which a dropped token must not come back from: so a fresh one.
    const credential = await createCredential(entra, await readCredential(), settings.development);
    const answer = await withTimeLimit(credential).getToken(`${audience}/.default`);
    if (!answer) throw new Error('no token');
    return { token: answer.token, expiresAt: answer.expiresOnTimestamp };
  };

  const renew = (): Promise<AccessToken> =>
    step('entra', async () => {
      try {
        try {
          return await request();
        } catch (error) {
          if (!isInvalidClient(error) || now() - rereadAt < rereadSecretEveryMs) throw error;
          rereadAt = now();
          secret = undefined;
          return await request();
        }
      } catch (error) {
        throw asEntraProblem(error);
      }
    });

  const startRenewal = (): Promise<AccessToken> => {
    renewal ??= renew()
      .then((token) => (current = token))
      .finally(() => (renewal = undefined));
    return renewal;
  };

  return {
    async get() {
      const remainingMs = current ? current.expiresAt - now() : 0;
      if (current && (remainingMs > renewBeforeMs || (remainingMs > 0 && renewal))) return current.token;
      const old = current;
      try {
        return (await startRenewal()).token;
      } catch (error) {
        if (old && old.expiresAt > now()) return old.token;
        throw error;
      }
    },
    drop(token) {
      if (current?.token === token) current = undefined;
    },
  };
}

async function createCredential(
  { tenantId, clientId, authorityHost, credential }: EntraSettings,
  secret: VaultSecret,
  development: boolean,
): Promise<TokenCredential> {
  const { ClientSecretCredential, ClientCertificateCredential } = await import('@azure/identity');
  const options = {
    retryOptions,
    ...(authorityHost && { authorityHost }),
    // Entra's instance list cannot know a simulated authority.
    ...(development && { disableInstanceDiscovery: true }),
  };
  if (credential.kind === 'secret') return new ClientSecretCredential(tenantId, clientId, secret.value, options);
  if (!secret.value.includes('-----BEGIN')) {
    throw new Problem(
      'configuration-invalid',
      'The client certificate in the vault is not PEM. Convert it (openssl pkcs12 -in app.pfx -out app.pem -nodes) and import the result with content type application/x-pem-file.',
    );
  }
  return new ClientCertificateCredential(tenantId, clientId, { certificate: secret.value }, options);
}

function isInvalidClient(error: unknown): boolean {
  // The SDK wraps Entra's answer into a message; there is no field for it.
  return error instanceof Error && /invalid_client|unauthorized_client|AADSTS7000(?:215|222)/.test(error.message);
}

function asEntraProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isInvalidClient(error)) {
    return new Problem('platform-refused', 'Ask the administrator to renew the client secret or certificate.', {
      reason: 'credentials-rejected',
      cause: error,
    });
  }
  return new Problem('platform-unavailable', 'Entra ID does not answer. Send the same request again.', {
    retryAfterSeconds: 5,
    cause: error,
  });
}
