import type { HttpRequest } from '@azure/functions';
import { Problem } from '../problem.ts';
import type { CallerAuth, CallerId } from '../settings/callers.ts';
import { callerOf } from '../http/callers.ts';
import { principalOf } from '../http/principal.ts';

/**
 * Who looks at the page, where callers prove themselves with Entra: an application that may call the other endpoints too, or a
 * user of the tenant who has signed in with a browser (`''`), who may see this and nothing else. Throws
 * `caller-unauthenticated`, `caller-not-allowed`.
 */
export function viewerOf(request: HttpRequest, auth: CallerAuth): CallerId {
  const principal = auth.kind === 'entra' ? principalOf(request) : undefined;
  if (principal?.tenantId === undefined || principal.namesApplication) return callerOf(request, auth);
  if (auth.kind === 'entra' && principal.tenantId === auth.tenantId) return '';
  throw new Problem('caller-not-allowed', 'Use an account of the organisation that runs this service.');
}
