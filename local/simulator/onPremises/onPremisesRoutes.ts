import { deploymentHosts, sipDomains } from '../hostNames.ts';
import type { Answer, Request } from '../http/exchange.ts';
import type { Served } from '../http/serve.ts';
import type { UcwaOperation } from '../operations.ts';
import type { World } from '../world.ts';
import { readPlace } from '../meetings/place.ts';
import type { Venue } from '../meetings/ucwa.ts';
import { applicationsAnswer, type UcwaTarget } from './applications.ts';
import { ticketPath } from './challenge.ts';
import { foreignOriginAnswer, isForeignOrigin } from './crossDomain.ts';
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

const answers: Record<
  'ucwa.root' | 'ucwa.user' | 'ucwa.token' | 'ucwa.meet',
  (request: Request, site: Site) => Answer
> = {
  'ucwa.root': (request, site) => forReading(request, () => rootAnswer(request, site)),
  'ucwa.user': (request, site) => forReading(request, () => userAnswer(request, site)),
  'ucwa.token': ticketAnswer,
  'ucwa.meet': meetAnswer,
};

// In lower case: the servers do not mind (§2.1).
const operationsByPath = new Map<string, UcwaOperation>(
  [
    ['/', 'ucwa.root'] as const,
    [rootPath, 'ucwa.root'] as const,
    [`${rootPath}/oauth/user`, 'ucwa.user'] as const,
    [ticketPath, 'ucwa.token'] as const,
  ].map(([path, operation]) => [path.toLowerCase(), operation]),
);

/** Lync Server and Skype for Business Server, every host of every deployment (§1, §2, §3, §7.6). */
export function onPremisesRoutes(world: World): Served {
  const tickets = webTickets(() => world.now());

  return {
    route: (request) => {
      const site = siteOf(request);
      const target = targetOf(request, site);
      return {
        operation: target.operation,
        answer: async (gone) => withServerHeaders(site, await answer(request, site, target, world, gone)),
      };
    },
    fail: (request, status) => {
      const site = siteOf(request);
      return withServerHeaders(site, failureAnswer(request, site, targetOf(request, site).operation, status));
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

/** What a request asks for; in UCWA also of which resource. */
interface Target {
  operation: UcwaOperation | 'unknown';
  ucwa?: UcwaTarget;
}

function targetOf({ host, scheme, path }: Request, { hosts }: Site): Target {
  if (host === hosts.meet) return { operation: scheme === 'http' ? 'unknown' : 'ucwa.meet' };
  const operation = operationsByPath.get(path.replace(/(.)\/$/, '$1').toLowerCase());
  // Over plain http there is nothing but roots.
  if (scheme === 'http') return { operation: operation === 'ucwa.root' ? operation : 'unknown' };
  if (operation !== undefined) return { operation };
  for (const applicationsPath of Object.values(applicationsPaths)) {
    const place = readPlace(path, applicationsPath);
    if (place) return { operation: `ucwa.${place.place}`, ucwa: { place, applicationsPath } };
  }
  return { operation: 'unknown' };
}

function answer(
  request: Request,
  site: Site,
  { operation, ucwa }: Target,
  venue: Venue,
  gone: AbortSignal,
): Answer | Promise<Answer> {
  if (request.scheme === 'http' && operation === 'unknown') return statusPage(403);
  if (isOnline(request.host)) return onlineAnswer(request, site, operation) ?? statusPage(404);
  if (operation !== 'ucwa.meet' && isForeignOrigin(request, site)) return foreignOriginAnswer(site);
  if (ucwa) return applicationsAnswer(request, site, venue, ucwa, gone);
  const found = Object.entries(answers).find(([name]) => name === operation)?.[1];
  return found ? found(request, site) : statusPage(404);
}

function forReading(request: Request, read: () => Answer): Answer {
  return request.method === 'GET' ? read() : statusPage(405, { Allow: 'GET' });
}
