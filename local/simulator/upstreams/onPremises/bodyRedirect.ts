import { queryParameter, type Answer, type Request } from '../../http/exchange.ts';
import { ucwaError } from '../../http/ucwaAnswers.ts';
import type { BodyRedirect } from './behaviour.ts';
import { discoveryAnswer, type DiscoveryLink, type DiscoveryResource } from './dialect.ts';
import type { OnPremisesMeeting } from './meetings.ts';
import { rootUrl, type Site } from './site.ts';

/** Where an organizer's own home sends a client, if no behaviour does. */
export function homeRedirect(home: OnPremisesMeeting['home']): BodyRedirect {
  return home === 'online' || home === 'other-pool' ? home : 'none';
}

/**
 * Answers with a discovery resource, or with a redirect in place of its links or beside them (ucwa.md §1.4).
 */
export function answerOrRedirect(
  request: Request,
  site: Site,
  redirect: BodyRedirect,
  resource: DiscoveryResource,
): Answer {
  if (redirect === 'cannot-redirect') return ucwaError(410, 'CannotRedirect');
  const href = redirectHref(request, site, redirect);
  const { behaviour } = site;
  if (href === undefined) return discoveryAnswer(request, resource, behaviour);
  const link: DiscoveryLink = { rel: 'redirect', token: 'Redirect', href };
  const links = behaviour.redirectBesideLink ? [...resource.links, link] : [link];
  return discoveryAnswer(request, { ...resource, links }, behaviour);
}

/** Undefined where the request has arrived already. */
function redirectHref(request: Request, site: Site, redirect: BodyRedirect): string | undefined {
  const { domain, hosts, behaviour } = site;
  const unlessHere = (host: string) =>
    request.host === host && request.scheme === 'https' ? undefined : rootUrl(host, domain);
  switch (redirect) {
    case 'none':
    case 'cannot-redirect':
      return undefined;
    case 'web-services':
      return unlessHere(hosts.web);
    case 'bare-domain':
      return unlessHere(hosts.bare);
    case 'other-pool':
      return unlessHere(hosts.pool2);
    case 'loop':
      return rootUrl(request.host === hosts.pool2 ? hosts.pool1 : hosts.pool2, domain);
    case 'self':
      return `${request.scheme}://${request.host}${request.path}${request.query}`;
    case 'endless':
      return `${rootUrl(request.host, domain)}&hop=${Number(queryParameter(request, 'hop') ?? 0) + 1}`;
    case 'online':
      return rootUrl(behaviour.onlineHost, domain);
    case 'foreign':
      return unlessHere(hosts.foreign);
    case 'http':
      return unlessHere(hosts.pool2)?.replace('https:', 'http:');
    case 'userinfo':
      return unlessHere(hosts.foreign)?.replace('://', `://${hosts.web}@`);
  }
}
