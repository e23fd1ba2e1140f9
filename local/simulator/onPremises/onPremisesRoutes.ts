import { deploymentHosts, sipDomains } from '../hostNames.ts';
import type { Answer, Request } from '../http/exchange.ts';
import type { Served } from '../http/serve.ts';
import type { UcwaOperation } from '../operations.ts';
import type { World } from '../world.ts';
import { applicationsAnswer } from './applications.ts';
import { ticketPath } from './challenge.ts';
import { failureAnswer } from './failure.ts';
import { meetAnswer } from './meetPage.ts';
import { isOnline, onlineAnswer } from './online.ts';
import { rootAnswer } from './root.ts';
import { statusPage, withServerHeaders } from './serverAnswers.ts';
import { domainOf, rootPath, type Site } from './site.ts';
import { ticketAnswer } from './tokenEndpoint.ts';
import { applicationsPaths, userAnswer } from './user.ts';
import { webTickets } from './webTickets.ts';

/** Whether a request is for a host of the deployments on premises, or of the cloud that they redirect to. */
export function isOnPremises({ host }: Request): boolean {
  return domainOf(host) !== undefined || isOnline(host);
}

const answers: Record<UcwaOperation, (request: Request, site: Site) => Answer> = {
  'ucwa.root': (request, site) => forReading(request, () => rootAnswer(request, site)),
  'ucwa.user': (request, site) => forReading(request, () => userAnswer(request, site)),
  'ucwa.token': ticketAnswer,
  'ucwa.applications': applicationsAnswer,
  'ucwa.meet': meetAnswer,
};

// In lower case: the servers do not mind (§2.1).
const operationsByPath = new Map<string, UcwaOperation>(
  [
    ['/', 'ucwa.root'] as const,
    [rootPath, 'ucwa.root'] as const,
    [`${rootPath}/oauth/user`, 'ucwa.user'] as const,
    [ticketPath, 'ucwa.token'] as const,
    ...Object.values(applicationsPaths).map((path) => [path, 'ucwa.applications'] as const),
  ].map(([path, operation]) => [path.toLowerCase(), operation]),
);

/** Lync Server and Skype for Business Server, every host of every deployment (§1, §2, §7.6). */
export function onPremisesRoutes(world: World): Served {
  const tickets = webTickets(() => world.now());

  return {
    route: (request) => {
      const site = siteOf(request);
      const operation = operationOf(request, site);
      return { operation, answer: () => withServerHeaders(site, answer(request, site, operation)) };
    },
    fail: (request, status) => {
      const site = siteOf(request);
      return withServerHeaders(site, failureAnswer(request, site, operationOf(request, site), status));
    },
  };

  function siteOf({ host }: Request): Site {
    // The cloud belongs to none of them; it is only lent one's tenant.
    const domain = domainOf(host) ?? sipDomains[0];
    const { behaviour } = world.onPremises;
    return {
      domain,
      hosts: deploymentHosts(domain),
      behaviour: behaviour[domain],
      state: world.onPremises,
      tickets,
      now: world.now(),
    };
  }
}

function operationOf({ host, scheme, path }: Request, { hosts }: Site): UcwaOperation | 'unknown' {
  const operation =
    host === hosts.meet ? 'ucwa.meet' : operationsByPath.get(path.replace(/(.)\/$/, '$1').toLowerCase());
  // Over plain http there is nothing but roots.
  return operation === undefined || (scheme === 'http' && operation !== 'ucwa.root') ? 'unknown' : operation;
}

function answer(request: Request, site: Site, operation: UcwaOperation | 'unknown'): Answer {
  if (request.scheme === 'http' && operation === 'unknown') return statusPage(403);
  if (isOnline(request.host)) return onlineAnswer(request, site, operation) ?? statusPage(404);
  return operation === 'unknown' ? statusPage(404) : answers[operation](request, site);
}

function forReading(request: Request, read: () => Answer): Answer {
  return request.method === 'GET' ? read() : statusPage(405, { Allow: 'GET' });
}
