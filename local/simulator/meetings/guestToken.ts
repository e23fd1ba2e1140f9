import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Guest } from './application.ts';
import { readWebToken, type SigningCertificate } from '../webToken.ts';

const claimsSchema = z.object({
  asi: z.string().optional(),
  ao: z.string().optional(),
  confid: z.string().optional(),
  nbf: z.number(),
  exp: z.number(),
});

/** A guest's token that the platform has signed. */
export interface GuestToken {
  guest: Guest;
  /** The origins of the pages that may use it. */
  allowedOrigins: string[];
  /** Whether it is past its end, or before its beginning. */
  isOutOfDate: boolean;
}

/**
 * Reads `psat=…`, raw or percent-encoded; undefined if this platform has not signed it. @param now epoch milliseconds
 */
export function readGuestToken(text: string, certificate: SigningCertificate, now: number): GuestToken | undefined {
  const token = /^psat(?:=|%3d)(.+)$/i.exec(text)?.[1];
  const read = token === undefined ? undefined : readWebToken(token);
  const claims = claimsSchema.safeParse(read?.claims);
  if (token === undefined || !read?.isSignedBy(certificate.publicKey) || !claims.success) return undefined;
  const { asi, ao = '', confid, nbf, exp } = claims.data;
  // Without a session id, each token is another guest.
  const endpoint = asi ?? createHash('sha256').update(token).digest('base64url');
  return {
    guest: { endpoint, conferenceUri: confid },
    allowedOrigins: ao.split(';').filter(Boolean),
    isOutOfDate: now < nbf * 1000 || now >= exp * 1000,
  };
}
