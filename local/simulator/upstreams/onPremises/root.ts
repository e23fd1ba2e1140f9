import { queryParameter, type Answer, type Request } from '../../http/exchange.ts';
import type { RootAnswer } from './behaviour.ts';
import { answerOrRedirect, homeRedirect } from './bodyRedirect.ts';
import { discoveryAnswer, type DiscoveryResource } from './dialect.ts';
import { homeOf } from './meetings.ts';
import { page, statusPage } from './serverAnswers.ts';
import { rootPath, rootUrl, type Site } from './site.ts';

/** A root (ucwa.md §1.4), over https or plain http. */
export function rootAnswer(request: Request, site: Site): Answer {
  const { behaviour, state } = site;
  const failure = rootFailure(request, site, wantedAnswer(request, site));
  if (failure) return failure;
  const resource = rootResource(request, site);
  // The plain listener's only answer is a redirect to https (ucwa.md §1.3).
  if (request.scheme === 'http') return answerOrRedirect(request, site, behaviour.httpRedirect, resource);
  const organizer = queryParameter(request, 'sipuri');
  const home = organizer === undefined ? 'here' : homeOf(state.meetings, organizer);
  const redirect = behaviour.redirect === 'none' ? homeRedirect(home) : behaviour.redirect;
  return answerOrRedirect(request, site, redirect, resource);
}

function wantedAnswer(request: Request, { hosts, behaviour }: Site): RootAnswer {
  if (request.scheme === 'http') return behaviour.httpRoot;
  if (request.host === hosts.discoverInternal) return behaviour.internalRoot;
  return request.host === hosts.discover ? behaviour.externalRoot : 'usual';
}

function rootResource(request: Request, { domain, hosts, behaviour }: Site): DiscoveryResource {
  // Discovery names lead to the web services' name; a server that was found already names itself.
  const isDiscovery = [hosts.discoverInternal, hosts.discover, hosts.bare].includes(request.host);
  const origin = `https://${isDiscovery ? hosts.web : request.host}`;
  const userOrigin = {
    absolute: origin,
    relative: '',
    http: origin.replace('https:', 'http:'),
    foreign: `https://${hosts.foreign}`,
  }[behaviour.userLink];
  const query = `?originalDomain=${domain}`;
  return {
    name: 'Root',
    accessLocation: request.host === hosts.discoverInternal ? 'Internal' : 'External',
    links: [
      { rel: 'self', href: `${origin}${rootPath}${query}` },
      { token: 'Domain', href: `${origin}${rootPath}/domain${query}` },
      { token: 'User', href: `${origin}${rootPath}/user${query}` },
      { rel: 'user', token: 'OAuth', href: `${userOrigin}${rootPath}/oauth/user${query}` },
      { rel: 'xframe', href: `${origin}/Autodiscover/XFrame/XFrame.html` },
    ],
  };
}

/** How a root fails, if the behaviour says so (ucwa.md §1.3). */
function rootFailure(request: Request, site: Site, wanted: RootAnswer): Answer | undefined {
  const { domain, hosts, behaviour } = site;
  const moved = (location: string) => statusPage(behaviour.redirectStatus, { Location: location });
  switch (wanted) {
    case 'usual':
      return undefined;
    case 'not-found':
      return statusPage(404);
    case 'cut':
    case 'silent':
      return { status: 0, headers: {}, body: '', connection: wanted };
    case 'redirect-same-domain':
      return moved(rootUrl(hosts.web, domain));
    case 'redirect-foreign':
      return moved(rootUrl(hosts.foreign, domain));
    case 'redirect-http':
      return moved(rootUrl(hosts.web, domain).replace('https:', 'http:'));
    case 'html':
      return page(200, 'Welcome');
    case 'no-links': {
      const resource = rootResource(request, site);
      const links = resource.links.filter(({ rel }) => rel === 'self' || rel === 'xframe');
      return discoveryAnswer(request, { ...resource, links }, behaviour);
    }
    case 'oversize': {
      const answer = discoveryAnswer(request, rootResource(request, site), behaviour);
      // Still valid JSON or XML, but longer than any client should read.
      return { ...answer, body: answer.body + ' '.repeat(64 * 1024 + 1) };
    }
  }
}
