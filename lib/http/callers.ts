import type { HttpRequest } from '@azure/functions';
import * as z from 'zod';
import { Problem } from '../problem.ts';
import type { CallerAuth, CallerId } from '../settings/callers.ts';
import { onlyValue, parseBase64Json, principalOf } from './principal.ts';

const bearerClaims = z.object({ tid: z.string(), appid: z.string().optional(), azp: z.string().optional() });

/**
 * Which application calls, where App Service authentication (`CALLER_AUTH=entra`) has checked the bearer token and says whose
 * it is. A session cookie gives a principal too, but is a browser's and no application's: so the request's own token has to
 * name the same application and tenant. Throws `caller-unauthenticated`, `caller-not-allowed`.
 */
export function callerOf(request: HttpRequest, auth: CallerAuth): CallerId {
  // The host has let everybody through: settings that say otherwise open no endpoint.
  if (auth.kind !== 'entra') throw unauthenticated();
  const [, token] = /^Bearer +([\w~+/.-]+=*)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  const bearer = token === undefined ? undefined : bearerClaims.safeParse(parseBase64Json(token.split('.')[1])).data;
  const vouched = principalOf(request);
  if (!bearer || !vouched) throw unauthenticated();

  const { appId, tenantId } = vouched;
  const ofBearer = onlyValue([bearer.appid, bearer.azp]);
  if (appId === undefined || appId !== ofBearer || tenantId !== bearer.tid.toLowerCase()) throw unauthenticated();
  if (tenantId !== auth.tenantId || !auth.appIds.includes(appId)) {
    throw new Problem('caller-not-allowed', 'Ask the administrator to list the application in CALLER_APP_IDS.');
  }
  return appId;
}

function unauthenticated(): Problem {
  return new Problem(
    'caller-unauthenticated',
    'Send an access token of your application for this service as a bearer.',
  );
}
