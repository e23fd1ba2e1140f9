import { bearerToken, type Answer, type Request } from '../http/exchange.ts';
import type { GuestRoutes } from '../http/serve.ts';
import { isUcwaFailure, ucwaError, withUcwaVersion } from '../http/ucwaAnswers.ts';
import { challengeAnswer } from '../upstreams/onPremises/challenge.ts';
import { foreignOriginAnswer, isForeignOrigin } from '../upstreams/onPremises/crossDomain.ts';
import { findMeeting } from '../upstreams/onPremises/meetings.ts';
import { isOnPremises } from '../upstreams/onPremises/onPremisesRoutes.ts';
import { isOnline } from '../upstreams/onPremises/online.ts';
import { diagnostics, invalidToken, statusPage, withServerHeaders } from '../upstreams/onPremises/serverAnswers.ts';
import { siteOf, type Site } from '../upstreams/onPremises/site.ts';
import { applicationsPaths } from '../upstreams/onPremises/user.ts';
import type { World } from '../world.ts';
import { readTarget, ucwaAnswer, type UcwaTarget } from './ucwa.ts';

/** UCWA on premises: it challenges like discovery, and serves guests who have a ticket (ucwa.md §2.8, ucwa.md §3). */
export function onPremisesGuestRoutes(world: World): GuestRoutes {
  return {
    serves: (request) => targetOf(request, siteOf(world, request.host)) !== undefined,
    route: (request) => {
      const site = siteOf(world, request.host);
      const target = targetOf(request, site);
      return {
        operation: target ? `ucwa.${target.resource}` : 'unknown',
        answer: async (gone) =>
          withServerHeaders(site, target ? await answer(request, { site, target }, gone) : statusPage(404)),
      };
    },
    fail: (request, status) => {
      const site = siteOf(world, request.host);
      return withServerHeaders(site, failure(request, site, status));
    },
  };

  async function answer(
    request: Request,
    { site, target }: { site: Site; target: UcwaTarget },
    gone: AbortSignal,
  ): Promise<Answer> {
    if (isOnline(request.host)) return statusPage(404);
    if (isForeignOrigin(request, site)) return foreignOriginAnswer(site);
    const { version } = site.behaviour;
    return withUcwaVersion(refusal(request, site) ?? (await forTicket(request, site, target, gone)), version);
  }

  function forTicket(request: Request, site: Site, target: UcwaTarget, gone: AbortSignal): Answer | Promise<Answer> {
    const { behaviour, state, domain } = site;
    const ticket = state.tickets.open(bearerToken(request) ?? '', request.host);
    if (!ticket) return badToken(request, site);
    const access = {
      guest: { endpoint: ticket.identity, conferenceUri: ticket.conferenceUri },
      version: behaviour.version,
      isMeeting: (conferenceUri: string) => findMeeting(state.meetings, domain, conferenceUri) !== undefined,
    };
    return ucwaAnswer(request, target, { access, state: world, gone });
  }
}

function targetOf(request: Request, { hosts }: Site): UcwaTarget | undefined {
  if (!isOnPremises(request) || request.scheme === 'http' || request.host === hosts.meet) return undefined;
  for (const applicationsPath of Object.values(applicationsPaths)) {
    const target = readTarget(request.path, applicationsPath);
    if (target) return target;
  }
  return undefined;
}

// Neither preflights nor anything else that has no meaning for a resource is known to UCWA (checklist, line 202).
const unknownMethods = ['OPTIONS', 'HEAD', 'TRACE'];

function refusal(request: Request, site: Site): Answer | undefined {
  if (unknownMethods.includes(request.method)) return ucwaError(405);
  if (request.headers.authorization !== undefined) return undefined;
  return challengeAnswer(request, site, site.behaviour.applicationsChallenge);
}

function badToken(request: Request, site: Site): Answer {
  const { badTokenAtApplications: status, applicationsChallenge } = site.behaviour;
  if (status === 500) {
    return statusPage(500, { 'X-Ms-diagnostics': diagnostics(site, 28032, 'The web ticket is invalid.') });
  }
  return challengeAnswer(request, site, applicationsChallenge, { status, headers: invalidToken(site) });
}

/** What UCWA says with a status that a fault dictates. */
function failure(request: Request, site: Site, status: number): Answer {
  if (status === 401) return challengeAnswer(request, site, site.behaviour.applicationsChallenge);
  return isUcwaFailure(status) ? ucwaError(status) : statusPage(status);
}
