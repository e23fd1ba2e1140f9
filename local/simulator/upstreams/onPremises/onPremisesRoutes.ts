import type { Answer, Request } from '../../http/exchange.ts';
import type { Served } from '../../http/serve.ts';
import type { UcwaOperation } from '../../operations.ts';
import type { World } from '../../world.ts';
import { challengeAnswer, ticketPath } from './challenge.ts';
import { foreignOriginAnswer, isForeignOrigin } from './crossDomain.ts';
import { meetAnswer } from './meetPage.ts';
import { isOnline, onlineAnswer } from './online.ts';
import { rootAnswer } from './root.ts';
import { invalidToken, statusPage, withServerHeaders } from './serverAnswers.ts';
import { domainOf, rootPath, siteOf, type Site } from './site.ts';
import { tokenError } from './tokenAnswers.ts';
import { ticketAnswer } from './tokenEndpoint.ts';
import { userAnswer } from './user.ts';

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

// In lower case: the servers do not mind (ucwa.md §2.1).
const operationsByPath = new Map<string, UcwaOperation>(
  [
    ['/', 'ucwa.root'] as const,
    [rootPath, 'ucwa.root'] as const,
    [`${rootPath}/oauth/user`, 'ucwa.user'] as const,
    [ticketPath, 'ucwa.token'] as const,
  ].map(([path, operation]) => [path.toLowerCase(), operation]),
);

/**
 * Lync Server and Skype for Business Server, every host of every deployment, without what guests ask (ucwa.md §1,
 * ucwa.md §2, ucwa.md §7.6).
 */
export function onPremisesRoutes(world: World): Served {
  return {
    route: (request) => {
      const site = siteOf(world, request.host);
      const operation = operationOf(request, site);
      return { operation, answer: () => withServerHeaders(site, answer(request, site, operation)) };
    },
    fail: (request, status) => {
      const site = siteOf(world, request.host);
      return withServerHeaders(site, failure(request, site, status));
    },
  };
}

function operationOf({ host, scheme, path }: Request, { hosts }: Site): UcwaOperation | 'unknown' {
  if (host === hosts.meet) return scheme === 'http' ? 'unknown' : 'ucwa.meet';
  const operation = operationsByPath.get(path.replace(/(.)\/$/, '$1').toLowerCase()) ?? 'unknown';
  // Over plain http there is nothing but roots.
  return scheme === 'http' && operation !== 'ucwa.root' ? 'unknown' : operation;
}

function answer(request: Request, site: Site, operation: UcwaOperation | 'unknown'): Answer {
  if (request.scheme === 'http' && operation === 'unknown') return statusPage(403);
  if (isOnline(request.host)) return onlineAnswer(request, site, operation) ?? statusPage(404);
  if (operation !== 'ucwa.meet' && isForeignOrigin(request, site)) return foreignOriginAnswer(site);
  const found = Object.entries(answers).find(([name]) => name === operation)?.[1];
  return found ? found(request, site) : statusPage(404);
}

function forReading(request: Request, read: () => Answer): Answer {
  return request.method === 'GET' ? read() : statusPage(405, { Allow: 'GET' });
}

/** What the servers say with a status that a fault dictates. */
function failure(request: Request, site: Site, status: number): Answer {
  const operation = operationOf(request, site);
  if (operation === 'ucwa.token' && status === 400) return tokenError(site, 'server_error');
  if (operation === 'ucwa.user' && (status === 401 || status === 403)) {
    const headers = status === 403 ? invalidToken(site) : {};
    return challengeAnswer(request, site, site.behaviour.challenge, { status, headers });
  }
  return statusPage(status);
}
