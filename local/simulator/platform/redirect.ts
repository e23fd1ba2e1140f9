import { platformHosts } from '../hostNames.ts';
import { queryParameter, type Request } from '../http/exchange.ts';
import type { PlatformBehaviour } from './behaviour.ts';

/** Where a request is sent on to (§1.10): `redirect=1` tells a well-behaved pool not to do it again. */
export function redirectLocation(request: Request, redirect: PlatformBehaviour['redirect']): string | undefined {
  const { homePool, otherPool, foreign } = platformHosts;
  if (redirect === 'none') return undefined;
  const isRedirected = queryParameter(request, 'redirect') === '1';
  if (isRedirected && redirect !== 'loop') return undefined;

  const query = isRedirected ? request.query : `${request.query}&redirect=1`;
  const target = {
    pool: `https://${homePool}`,
    http: `http://${homePool}`,
    foreign: `https://${foreign}`,
    loop: `https://${request.host === homePool ? otherPool : homePool}`,
  }[redirect];
  return `${target}${request.path}${query}`;
}
