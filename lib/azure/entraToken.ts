import type { TokenCredential } from '@azure/identity';
import { CachedValue } from '../cachedValue.ts';
import { Problem } from '../problem.ts';
import { step } from '../telemetry.ts';
import { retryOptions } from './clientOptions.ts';
import type { ReadSecret, VaultSecret } from './vault.ts';
import { withTimeLimit } from './managedIdentity.ts';

/** The Entra application in whose name a platform is called. */
export interface EntraSettings {
  readonly tenantId: string;
  readonly clientId: string;
  readonly authorityHost: string | undefined;
  /** The vault's name of the client secret or of the PEM certificate. */
  readonly credential: { readonly kind: 'secret' | 'certificate'; readonly name: string };
}

interface EntraTokensOptions {
  readonly entra: EntraSettings;
  readonly audience: string;
  readonly readSecret: ReadSecret;
  /** Whether the authority may be one that Entra's own list of instances does not know. */
  readonly development: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

interface AccessToken {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

const renewBeforeMs = 5 * 60_000;
const rereadSecretEveryMs = 30_000;

/**
 * Access tokens of the Entra application for one audience, by client credentials (secret or PEM certificate from the vault).
 * A token is cached until five minutes before it expires; one caller renews, the others use the old token while it lasts.
 * When Entra says `invalid_client` the credential is read again, at most every 30 s, and the call repeated once: replacing a
 * secret loses no request.
 */
export class EntraTokens {
  readonly #options: EntraTokensOptions;
  readonly #tokens: CachedValue<AccessToken>;
  readonly #secret: CachedValue<VaultSecret>;
  #rereadAt = -Infinity;

  constructor(options: EntraTokensOptions) {
    const { entra, readSecret, now } = options;
    this.#options = options;
    this.#tokens = new CachedValue({
      load: () => step('entra', () => this.#requestTwice()),
      isFresh: ({ expiresAt }) => expiresAt - now() > renewBeforeMs,
      isUsable: ({ expiresAt }) => expiresAt > now(),
      now,
    });
    this.#secret = new CachedValue({ load: () => readSecret(entra.credential.name), isFresh: () => true, now });
  }

  /** A token that is valid for a while yet; from memory where possible. */
  async get(): Promise<string> {
    return (await this.#tokens.get()).token;
  }

  /** Forgets `token`, because the platform refused it; does nothing if a newer one has taken its place. */
  drop(token: string): void {
    const { known } = this.#tokens;
    if (known?.token === token) this.#tokens.invalidate(known);
  }

  async #requestTwice(): Promise<AccessToken> {
    const { now } = this.#options;
    try {
      try {
        return await this.#request();
      } catch (error) {
        if (!isInvalidClient(error) || now() - this.#rereadAt < rereadSecretEveryMs) throw error;
        this.#rereadAt = now();
        const { known } = this.#secret;
        if (known) this.#secret.invalidate(known);
        return await this.#request();
      }
    } catch (error) {
      throw asEntraProblem(error);
    }
  }

  async #request(): Promise<AccessToken> {
    const { entra, audience, development } = this.#options;
    // A credential object keeps its own token cache, which a dropped token must not come back from: so a fresh one.
    const credential = await createCredential(entra, await this.#secret.get(), development);
    const answer = await withTimeLimit(credential).getToken(`${audience}/.default`);
    if (!answer) throw new Error('no token');
    return { token: answer.token, expiresAt: answer.expiresOnTimestamp };
  }
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
