import type { HttpRequest } from '@azure/functions';
import * as z from 'zod';
import { Problem } from '../problem.ts';
import type { CallerAuth, CallerId } from '../settings/callers.ts';

/** The principal that App Service authentication puts into a header of its own, base64 of JSON. */
const principal = z.object({
  auth_typ: z.literal('aad'),
  claims: z.array(z.object({ typ: z.string(), val: z.string() })),
});
const bearerClaims = z.object({ tid: z.string(), appid: z.string().optional(), azp: z.string().optional() });

const tenantClaim = 'http://schemas.microsoft.com/identity/claims/tenantid';

/**
 * Which application calls, where App Service authentication (`CALLER_AUTH=entra`) has checked the bearer token and says whose
 * it is. A session cookie gives a principal too, but is a browser's and no application's: so the request's own token has to
 * name the same application and tenant. Throws `caller-unauthenticated`, `caller-not-allowed`.
 */
export function callerOf(request: HttpRequest, auth: CallerAuth): CallerId {
  // The host has let everybody through: settings that say otherwise open no door.
  if (auth.kind !== 'entra') throw unauthenticated();
  const [, token] = /^Bearer +([\w~+/.-]+=*)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  const bearer = token === undefined ? undefined : bearerClaims.safeParse(parseBase64Json(token.split('.')[1])).data;
  const vouched = principal.safeParse(parseBase64Json(request.headers.get('x-ms-client-principal'))).data;
  if (!bearer || !vouched) throw unauthenticated();

  const claim = (...names: string[]) =>
    onlyValue(vouched.claims.flatMap(({ typ, val }) => (names.includes(typ) ? val : [])));
  const appId = claim('appid', 'azp');
  // The short name, or the long one that App Service gives it where its token store is on.
  const tenantId = claim('tid', tenantClaim);
  const ofBearer = onlyValue([bearer.appid, bearer.azp]);
  if (appId === undefined || appId !== ofBearer || tenantId !== bearer.tid.toLowerCase()) throw unauthenticated();
  if (tenantId !== auth.tenantId || !auth.appIds.includes(appId)) {
    throw new Problem('caller-not-allowed', 'Ask the administrator to list the application in CALLER_APP_IDS.');
  }
  return appId;
}

/** In lower case; undefined where there is none, and where several differ: then nothing tells which of them counts. */
function onlyValue(values: readonly (string | undefined)[]): string | undefined {
  const [value, ...others] = new Set(values.flatMap((text) => text?.toLowerCase() ?? []));
  return others.length === 0 ? value : undefined;
}

function parseBase64Json(text: string | null | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(text ?? '', 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
}

function unauthenticated(): Problem {
  return new Problem(
    'caller-unauthenticated',
    'Send an access token of your application for this service as a bearer.',
  );
}
