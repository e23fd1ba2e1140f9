import { X509Certificate } from 'node:crypto';
import * as z from 'zod';
import { readWebToken, thumbprint } from '../../webToken.ts';
import { clientId } from './entraClients.ts';
import type { EntraErrorCode } from './entraErrors.ts';

const claimsSchema = z.object({
  aud: z.string(),
  iss: z.string(),
  sub: z.string(),
  exp: z.number(),
  nbf: z.number().optional(),
});

/**
 * Why a client assertion (RFC 7523) is refused; undefined if it is good. The certificate is found by either thumbprint,
 * `x5t#S256` or the older `x5t`, and a signature may be PS256 or RS256.
 */
export function assertionFlaw(
  assertion: string,
  expected: { certificates: readonly string[]; audiences: readonly string[]; now: number },
): EntraErrorCode | undefined {
  const token = readWebToken(assertion);
  const claims = claimsSchema.safeParse(token?.claims);
  if (!token || !claims.success) return 700027;

  const named = [token.header['x5t#S256'], token.header['x5t']];
  const certificate = expected.certificates
    .map((pem) => new X509Certificate(pem))
    .find(({ fingerprint, fingerprint256 }) =>
      [fingerprint, fingerprint256].some((print) => named.includes(thumbprint(print))),
    );
  if (!certificate || !token.isSignedBy(certificate.publicKey)) return 700027;

  const { aud, iss, sub, exp, nbf = 0 } = claims.data;
  if (iss !== clientId || sub !== clientId) return 700021;
  if (!expected.audiences.includes(aud)) return 700023;
  const seconds = expected.now / 1000;
  // MSAL dates its assertions by its own clock, to the second: allow what Entra allows, five minutes either way.
  return seconds < nbf - 300 || seconds > exp + 300 ? 700024 : undefined;
}
