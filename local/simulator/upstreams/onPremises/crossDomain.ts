import type { Answer, Request } from '../../http/exchange.ts';
import { diagnostics, statusPage } from './serverAnswers.ts';
import type { Site } from './site.ts';

/**
 * Whether a request says that it comes from a page whose origin is not on the list (ucwa.md §1.2). Scheme, host and
 * port count.
 */
export function isForeignOrigin({ headers }: Request, { behaviour }: Site): boolean {
  const origin = headers['x-ms-origin'];
  if (typeof origin !== 'string') return false;
  const asked = originOf(origin);
  return asked === undefined || !behaviour.crossDomainOrigins.some((allowed) => originOf(allowed) === asked);
}

/** The 403 for it, with the reason in a header. The number of the reason is not documented. */
export function foreignOriginAnswer(site: Site): Answer {
  const reason = 'Service does not allow a cross domain request from this origin.';
  return statusPage(403, { 'X-Ms-diagnostics': diagnostics(site, 28070, reason) });
}

function originOf(text: string): string | undefined {
  return URL.canParse(text) ? new URL(text).origin : undefined;
}
