import type { HttpRequest } from '@azure/functions';
import * as z from 'zod';
import { functionKeyHolder, nobody, type Caller } from '../callers.ts';
import { parseJson } from '../json.ts';
import { Problem } from '../problem.ts';
import type { CallerAuth } from '../settings/callers.ts';

/** Everybody may call, and nobody is asked who they are. */
export const anybody = (): Caller => nobody;

/** Who calls an endpoint that needs a caller: the host has checked function keys, and tokens of Entra are looked at here. */
export function authenticateCaller(request: HttpRequest, callerAuth: () => CallerAuth): Caller {
  const auth = callerAuth();
  return auth.kind === 'function-key' ? functionKeyHolder : callerOf(request, auth);
}

/** Who looks at the status page. */
export function authenticateViewer(request: HttpRequest, callerAuth: () => CallerAuth): Caller {
  const auth = callerAuth();
  return auth.kind === 'function-key' ? functionKeyHolder : viewerOf(request, auth);
}

/**
 * An application that may call the other endpoints too, or a user of the tenant who has signed in with a browser: that user
 * may see the page and nothing else. Throws `caller-unauthenticated`, `caller-not-allowed`.
 */
export function viewerOf(request: HttpRequest, auth: CallerAuth): Caller {
  const principal = auth.kind === 'entra' ? principalOf(request) : undefined;
  if (principal?.tenantId === undefined || principal.namesApplication) return callerOf(request, auth);
  if (auth.kind === 'entra' && principal.tenantId === auth.tenantId) return nobody;
  throw new Problem('caller-not-allowed', 'Use an account of the organisation that runs this service.');
}

const bearerClaims = z.object({ tid: z.string(), appid: z.string().optional(), azp: z.string().optional() });

/**
 * Which application calls, where App Service authentication (`CALLER_AUTH=entra`) has checked the bearer token and names its
 * principal. A session cookie gives a principal too, but of a browser and not of an application: so the request's own token
 * has to name the same application and tenant. Throws `caller-unauthenticated`, `caller-not-allowed`.
 */
export function callerOf(request: HttpRequest, auth: CallerAuth): Caller {
  // Without Entra nobody has checked a token, and none is believed.
  if (auth.kind !== 'entra') throw unauthenticated();
  const [, token] = /^Bearer +([\w~+/.-]+=*)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  const bearer = bearerClaims.safeParse(parseBase64Json(token?.split('.')[1])).data;
  const principal = principalOf(request);
  if (!bearer || !principal) throw unauthenticated();

  const { appId, tenantId } = principal;
  const ofBearer = onlyValue([bearer.appid, bearer.azp]);
  if (appId === undefined || appId !== ofBearer || tenantId !== bearer.tid.toLowerCase()) throw unauthenticated();
  if (tenantId !== auth.tenantId || !auth.appIds.includes(appId)) {
    throw new Problem('caller-not-allowed', 'Ask the administrator to list the application in CALLER_APP_IDS.');
  }
  return { kind: 'application', appId };
}

/** Who calls, as App Service authentication says in a header of its own; ids are in lower case. */
interface Principal {
  /** Whether any claim names an application: that of a browser's session has none. */
  readonly namesApplication: boolean;
  /** Undefined where none is named, or several. */
  readonly appId: string | undefined;
  /** As `appId`. */
  readonly tenantId: string | undefined;
}

/** Base64 of JSON. */
const principalHeader = z.object({
  auth_typ: z.literal('aad'),
  claims: z.array(z.object({ typ: z.string(), val: z.string() })),
});

const tenantClaim = 'http://schemas.microsoft.com/identity/claims/tenantid';

/** To be believed only where App Service authentication is on: otherwise anybody can send the header. */
function principalOf(request: HttpRequest): Principal | undefined {
  const header = principalHeader.safeParse(parseBase64Json(request.headers.get('x-ms-client-principal'))).data;
  if (!header) return undefined;
  const valuesOf = (...names: string[]) => header.claims.flatMap(({ typ, val }) => (names.includes(typ) ? val : []));
  return {
    // However it is spelt: what looks like an application's is nobody's session.
    namesApplication: header.claims.some(({ typ }) => /(?:^|\/)(?:appid|azp)$/i.test(typ)),
    appId: onlyValue(valuesOf('appid', 'azp')),
    // The short name, or the long one that App Service gives it where its token store is on.
    tenantId: onlyValue(valuesOf('tid', tenantClaim)),
  };
}

/** In lower case; undefined where there is none, and where several differ, because nothing tells which of them counts. */
function onlyValue(values: readonly (string | undefined)[]): string | undefined {
  const [value, ...others] = new Set(values.flatMap((text) => text?.toLowerCase() ?? []));
  return others.length === 0 ? value : undefined;
}

function parseBase64Json(text: string | null | undefined): unknown {
  return parseJson(Buffer.from(text ?? '', 'base64').toString('utf8'));
}

function unauthenticated(): Problem {
  return new Problem(
    'caller-unauthenticated',
    'Send an access token of your application for this service as a bearer.',
  );
}
