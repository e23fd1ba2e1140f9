import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { readWebToken, signWebToken, type SigningCertificate } from '../../webToken.ts';
import { tenantId, type EntraClients } from './entraClients.ts';

/** Who gets a token, for what. */
interface Grant {
  audience: string;
  /** The application's or the managed identity's client id. */
  appId: string;
  proof: 'secret' | 'certificate' | 'managed-identity';
}

/** What a service learns from a good token. The service checks the audience itself. */
export interface AccessTokenClaims {
  aud: string;
  appid: string;
}

/** Issues the tokens of the simulated Entra, and checks them for the services that take them. */
export interface AccessTokens {
  issue(grant: Grant): { token: string; expiresAtSeconds: number; lifetimeSeconds: number };
  /** The claims, if the signature, issuer, dates are good and the token was not revoked. */
  check(token: string | undefined): AccessTokenClaims | undefined;
}

const issuer = `https://sts.windows.net/${tenantId}/`;

const claimsSchema = z.object({
  iss: z.literal(issuer),
  aud: z.string(),
  appid: z.string(),
  nbf: z.number(),
  exp: z.number(),
  uti: z.string(),
});

/** @param now the clock, in milliseconds since the epoch */
export function accessTokens(clients: EntraClients, certificate: SigningCertificate, now: () => number): AccessTokens {
  // To others `uti` is only an id; here it begins with the generation, by which tokens are revoked.
  const generation = () => `${clients.generation}.`;
  return {
    issue({ audience, appId, proof }) {
      const lifetimeSeconds = clients.tokenLifetimeSeconds;
      const issuedAt = Math.floor(now() / 1000);
      const expiresAtSeconds = issuedAt + lifetimeSeconds;
      // The claims of a v1 application token: what the platform expects is trusted-application-api.md §3, "Incoming
      // webhooks", mirrored.
      const claims = {
        aud: audience,
        iss: issuer,
        iat: issuedAt,
        nbf: issuedAt,
        exp: expiresAtSeconds,
        appid: appId,
        appidacr: proof === 'secret' ? '1' : '2',
        idp: issuer,
        oid: appId,
        sub: appId,
        tid: tenantId,
        uti: (proof === 'managed-identity' ? 'mi.' : generation()) + randomUUID(),
        ver: '1.0',
      };
      return { token: signWebToken(claims, certificate), expiresAtSeconds, lifetimeSeconds };
    },

    check(token) {
      const opened = readWebToken(token ?? '');
      if (!opened?.isSignedBy(certificate.publicKey)) return undefined;
      const claims = claimsSchema.safeParse(opened.claims);
      if (!claims.success) return undefined;
      const { aud, appid, nbf, exp, uti } = claims.data;
      const revoked = !uti.startsWith('mi.') && !uti.startsWith(generation());
      const seconds = now() / 1000;
      return revoked || seconds < nbf || seconds >= exp ? undefined : { aud, appid };
    },
  };
}
