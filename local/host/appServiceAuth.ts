import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { principalHeaders, stripPrincipal } from './clientPrincipal.ts';
import { answerStatus } from './httpData.ts';
import { readOpenIdProvider, type Claims } from './openIdProvider.ts';

/** How App Service authentication is configured, in the words of `authsettingsV2` where it has any. */
export const authenticationSchema = z.strictObject({
  /** Without `/.well-known/openid-configuration`; a v1.0 issuer takes v1.0 tokens only, and a v2.0 one v2.0 tokens. */
  openIdIssuer: z.url(),
  /** Our registration's; always an audience. */
  clientId: z.string(),
  allowedAudiences: z.array(z.string()).default([]),
  /** The client ids that may call; without any, every application that gets a token may. */
  allowedApplications: z.array(z.string()).default([]),
  unauthenticatedClientAction: z.enum(['Return401', 'AllowAnonymous']).default('Return401'),
  /** Paths, or with `/*` at the end all paths below. */
  excludedPaths: z.array(z.string()).default(['/api/health', '/api/openapi.json', '/admin/*']),
  /** Without it the claims keep their short names. */
  tokenStore: z.boolean().default(true),
  /** The users who have signed in with a browser: their ID tokens by the value of their session cookie. */
  sessions: z.record(z.string(), z.string()).default({}),
});

/** What {@link authenticationSchema} reads; only the issuer and the client id have to be given. */
export type AuthenticationSettings = z.input<typeof authenticationSchema>;

/** The settings, and the clock against which tokens are checked, in ms since 1970. */
export type AuthenticationOptions = AuthenticationSettings & { now?: () => number };

/** Adds the caller's headers to a request, or answers it. Returns whether it has been answered. */
export type Authenticate = (request: IncomingMessage, path: string, response: ServerResponse) => boolean;

/**
 * App Service authentication ("Easy Auth") in front of an app whose callers are applications of Entra.
 *
 * Documented (learn.microsoft.com, "Work with user identities", "Configure your App Service app to use Microsoft Entra
 * sign-in", "Environment variables and app settings"): `x-ms-client-principal*` of clients never get through; a good
 * bearer token, or the session cookie of a browser, becomes a principal; its claims are renamed, given a token store;
 * the client id is always an audience; `allowedApplications` looks at `appid` or `azp` and refuses with 403. Seen in
 * answers of Azure: a 401 with this challenge and no body, preflights that need no token, WEBSITE_AUTH_ENABLED in any
 * case.
 *
 * Not documented, and done here: with a cookie and a bearer the session wins, which is worse for an app that looks for
 * a bearer; a bad bearer is accepted, as an anonymous request, on excluded paths only; `/admin/*`, which has a key of
 * its own, is excluded, as some report that Azure does by itself. Left out: sign-in (`/.auth/*`) and `x-ms-token-*`.
 *
 * Reads the issuer's keys once, now; throws when it cannot.
 */
export async function appServiceAuth({ now = Date.now, ...given }: AuthenticationOptions): Promise<Authenticate> {
  const settings = authenticationSchema.parse(given);
  const provider = await readOpenIdProvider(settings.openIdIssuer);
  const audiences = [settings.clientId, ...settings.allowedAudiences];
  const sessions = new Map(Object.entries(settings.sessions));
  const excluded = settings.excludedPaths.map(pathRule);

  return (request, path, response) => {
    const { headers } = request;
    stripPrincipal(headers);
    const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    const claimsOf = (sent: string | undefined) => provider.provenClaims(sent ?? '', audiences, now());
    const claims = claimsOf(sessions.get(sessionCookie(headers.cookie))) ?? claimsOf(token);
    if (claims) Object.assign(headers, principalHeaders(claims, settings.tokenStore));

    if (excluded.some((matches) => matches(path))) return false;
    if (!claims && (token !== undefined || settings.unauthenticatedClientAction === 'Return401')) {
      const challenge = [
        `realm="${headers.host ?? ''}"`,
        `authorization_uri="${provider.authorizationEndpoint}"`,
        `resource_id="${settings.clientId}"`,
      ];
      response.setHeader('WWW-Authenticate', `Bearer ${challenge.join(' ')}`);
      answerStatus(response, 401);
      return true;
    }
    const allowed = !claims || isAllowed(claims, settings.allowedApplications);
    if (!allowed) answerStatus(response, 403);
    return !allowed;
  };
}

function pathRule(rule: string): (path: string) => boolean {
  const below = rule.endsWith('/*') ? rule.slice(0, -1).toLowerCase() : undefined;
  return (path) => {
    const lowerCase = path.toLowerCase();
    return below === undefined ? lowerCase === rule.toLowerCase() : lowerCase.startsWith(below);
  };
}

function isAllowed(claims: Claims, applications: readonly string[]): boolean {
  const application = claims['appid'] ?? claims['azp'];
  return applications.length === 0 || applications.some((allowed) => allowed === application);
}

function sessionCookie(cookies: string | undefined): string {
  return /(?:^|; *)AppServiceAuthSession=([^;]*)/.exec(cookies ?? '')?.[1] ?? '';
}
