import { createPublicKey, type KeyObject } from 'node:crypto';
import * as z from 'zod';
import { readWebToken } from '../simulator/webToken.ts';

/** The claims of a token, as it carries them. */
export type Claims = Readonly<Record<string, unknown>>;

/** An issuer of tokens, as its OpenID configuration describes it. */
interface OpenIdProvider {
  authorizationEndpoint: string;
  /** The claims of a token that it issued for one of the audiences and that is good now; undefined for any other. */
  provenClaims(token: string, audiences: readonly string[], nowMs: number): Claims | undefined;
}

const configurationSchema = z.object({ issuer: z.string(), authorization_endpoint: z.url(), jwks_uri: z.url() });
const keysSchema = z.object({
  keys: z.array(z.object({ kid: z.string(), kty: z.literal('RSA'), n: z.string(), e: z.string() })),
});
const claimsSchema = z.looseObject({
  iss: z.string(),
  aud: z.string(),
  exp: z.number(),
  nbf: z.number().default(0),
  tid: z.string().default(''),
});

/** What Microsoft's token libraries allow clocks to differ. */
const clockSkewSeconds = 300;

/**
 * Reads the configuration and the keys. @param openIdIssuer the URL below which the configuration lies. Throws if it
 * does not.
 */
export async function readOpenIdProvider(openIdIssuer: string): Promise<OpenIdProvider> {
  const configuration = configurationSchema.parse(await readJson(`${openIdIssuer}/.well-known/openid-configuration`));
  const { keys } = keysSchema.parse(await readJson(configuration.jwks_uri));
  const keyById = new Map<unknown, KeyObject>(
    keys.map(({ kid, ...key }) => [kid, createPublicKey({ key, format: 'jwk' })]),
  );
  return {
    authorizationEndpoint: configuration.authorization_endpoint,
    provenClaims(token, audiences, nowMs) {
      const opened = readWebToken(token);
      const key = keyById.get(opened?.header['kid']);
      if (!opened || !key || !opened.isSignedBy(key)) return undefined;
      const claims = claimsSchema.safeParse(opened.claims);
      if (!claims.success) return undefined;
      const { iss, aud, exp, nbf, tid } = claims.data;
      // With `organizations` in place of a tenant the issuer is a template.
      const issued = iss === configuration.issuer.replace('{tenantid}', tid);
      const seconds = nowMs / 1000;
      const current = seconds >= nbf - clockSkewSeconds && seconds < exp + clockSkewSeconds;
      return issued && current && audiences.includes(aud) ? opened.claims : undefined;
    },
  };
}

async function readJson(url: string): Promise<unknown> {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`it answers ${response.status}`);
    return await response.json();
  } catch (cause) {
    throw new Error(`App Service authentication cannot read ${url}: ${String(cause)}`, { cause });
  }
}
