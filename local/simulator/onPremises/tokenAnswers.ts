import type { Answer, Request } from '../http/exchange.ts';
import { diagnostics } from './serverAnswers.ts';
import type { Site } from './site.ts';

/** What a token request is refused with (§2.4). */
export type TokenError =
  | 'invalid_request'
  | 'invalid_grant'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'server_error';

// Neither clients nor proxies may keep these answers.
const uncached = { 'Cache-Control': 'no-store', Pragma: 'no-cache' };
const json = { 'Content-Type': 'application/json;charset=UTF-8', ...uncached };

/** An error in the words and the layout that the documents print: with the trailing comma of 1.0. */
export function tokenError(site: Site, error: TokenError): Answer {
  const isOld = site.behaviour.version === '1.0';
  const explained = error === 'unsupported_grant_type' && {
    'X-Ms-diagnostics': diagnostics(site, 28029, 'Authentication type not allowed.'),
  };
  const body = isOld ? `{\n  "error":"${error}",\n}` : `{\n "error":"${error}"\n}`;
  return { status: 400, headers: { ...json, ...explained }, body };
}

/** The answer to the passive grant without a cookie: where a browser has to sign in (§2.5). The same in 1.0 and 2.0. */
export function passiveSignIn(request: Request, site: Site): Answer {
  const href = `https://${request.host}/PassiveAuth/PassiveAuth.aspx`.replaceAll('/', '\\/');
  return {
    status: 400,
    headers: {
      'Content-Type': 'application/json',
      ...uncached,
      'X-Ms-diagnostics': diagnostics(site, 28020, 'No valid security token.'),
    },
    body: `{"error":"invalid_grant","ms_rtc_passiveauthuri":"${href}"}`,
  };
}

/** A token (§2.3), laid out as the documents print it. @param scope of a signed-in user */
export function tokenAnswer(site: Site, token: string, lifetimeSeconds: number, scope?: 'local'): Answer {
  const members = [
    `"access_token":"${token}"`,
    '"token_type":"Bearer"',
    `"expires_in":${lifetimeSeconds}`,
    ...(scope ? [`"ms_rtc_identityscope":"${scope}"`] : []),
  ];
  const indent = site.behaviour.version === '1.0' ? '  ' : ' ';
  return { status: 200, headers: json, body: `{\n${members.map((member) => indent + member).join(',\n')}\n}` };
}
