import { onlineSuffixes } from '../../hostNames.ts';
import type { Answer, Request } from '../../http/exchange.ts';
import type { UcwaOperation } from '../../operations.ts';
import { challengeAnswer } from './challenge.ts';
import { discoveryAnswer } from './dialect.ts';
import { rootPath, type Site } from './site.ts';

/** Whether a host is the cloud's. */
export function isOnline(host: string): boolean {
  return onlineSuffixes.some((suffix) => host.endsWith(`.${suffix}`));
}

/**
 * The cloud's discovery, as far as a client on premises gets: a root, and a `user` that wants Azure AD (ucwa.md §1.9).
 */
export function onlineAnswer(request: Request, site: Site, operation: UcwaOperation | 'unknown'): Answer | undefined {
  const href = `https://${request.host}${rootPath}`;
  switch (operation) {
    case 'ucwa.root': {
      const links = [
        { rel: 'self', href },
        { rel: 'user', token: 'OAuth', href: `${href}/oauth/user${request.query}` },
      ];
      return discoveryAnswer(request, { name: 'Root', accessLocation: 'External', links }, site.behaviour);
    }
    case 'ucwa.user':
      return challengeAnswer(request, site, 'bearer-only');
    default:
      return undefined;
  }
}
