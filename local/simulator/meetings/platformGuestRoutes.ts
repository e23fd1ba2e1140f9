import { platformHosts } from '../hostNames.ts';
import { bearerToken, queryParameter, type Answer, type Request } from '../http/exchange.ts';
import type { GuestRoutes } from '../http/serve.ts';
import { ucwaError, withUcwaVersion } from '../http/ucwaAnswers.ts';
import type { Operation } from '../operations.ts';
import type { PlatformBehaviour } from '../upstreams/platform/behaviour.ts';
import { isKnownMeeting } from '../upstreams/platform/conferences.ts';
import type { Resource } from '../upstreams/platform/dialect.ts';
import {
  platformError,
  resourceAnswer,
  unauthorized,
  withServerHeaders,
} from '../upstreams/platform/platformAnswers.ts';
import type { SigningCertificate } from '../webToken.ts';
import type { World } from '../world.ts';
import type { Guest } from './application.ts';
import { isPreflight, preflightAnswer, withCors } from './guestCors.ts';
import { readGuestToken, type GuestToken } from './guestToken.ts';
import { readTarget, ucwaAnswer, type UcwaTarget } from './ucwa.ts';

const version = '2.0';

/** Where guests create their applications (G2). */
const guestApplicationsPath = '/ucwa/psanon/v1/applications';

const partnerApplications = 'ms:rtc:saas:applications';

/** G1 to G3 (trusted-application-api.md §6): what guests ask of the platform, with nothing but their token. */
export function platformGuestRoutes(world: World, certificate: SigningCertificate): GuestRoutes {
  return {
    serves: (request) => operationOf(request) !== undefined,
    route: (request) => ({
      operation: operationOf(request) ?? 'unknown',
      answer: async (gone) => {
        const token = tokenOf(request);
        const given = isPreflight(request)
          ? preflightAnswer(request, token?.allowedOrigins)
          : forPages(request, await answer(request, token, gone), token);
        return withServerHeaders(request, given);
      },
    }),
    fail: (request, status) =>
      withServerHeaders(request, forPages(request, failure(request, status), tokenOf(request))),
  };

  async function answer(request: Request, token: GuestToken | undefined, gone: AbortSignal): Promise<Answer> {
    // The status for a token that has expired is not known; this one is what a client can act on
    // (trusted-application-api.md §6.5).
    if (!token || token.isOutOfDate) return unauthorized(request);
    const { guest } = token;
    const target = targetOf(request);
    if (!target) return discover(request, token);
    const access = {
      guest,
      tokenEndpointId: guest.endpoint,
      version,
      isMeeting: (conferenceUri: string) => isKnownMeeting(world.platform, conferenceUri, world.now()),
    };
    return withUcwaVersion(await ucwaAnswer(request, target, { access, state: world, gone }), version);
  }

  function discover(request: Request, { guest }: GuestToken): Answer {
    if (request.method !== 'GET') return platformError(request, 405, { message: 'Discovery is read.' }, world.platform);
    return resourceAnswer(request, guestDiscoverResource(request, guest, world.platform), world.platform);
  }

  function failure(request: Request, status: number): Answer {
    if (status === 401) return unauthorized(request);
    // Neither UCWA nor the platform says this: something in front of them does.
    if (status === 502)
      return { status, headers: { 'Content-Type': 'text/html' }, body: '<html>502 Bad Gateway</html>' };
    return targetOf(request)
      ? withUcwaVersion(ucwaError(status), version)
      : platformError(request, status, { message: 'The platform does not serve this request.' }, world.platform);
  }

  /**
   * The token in the URL, where discovery has it, or in the header: discovery takes both (trusted-application-api.md
   * trusted-application-api.md §6.1).
   */
  function tokenOf(request: Request): GuestToken | undefined {
    const texts = [targetOf(request) ? undefined : contextOf(request), bearerToken(request)];
    return readGuestToken(texts.find((text) => text !== undefined) ?? '', certificate, world.now());
  }
}

function forPages(request: Request, answer: Answer, token: GuestToken | undefined): Answer {
  return withCors(request, answer, token?.allowedOrigins ?? []);
}

function targetOf({ host, path, scheme }: Request): UcwaTarget | undefined {
  const isHere = scheme === 'https' && host === platformHosts.homePool;
  return isHere ? readTarget(path, guestApplicationsPath) : undefined;
}

function operationOf(request: Request): Operation | undefined {
  const target = targetOf(request);
  if (target) return `guest.${target.resource}`;
  const isDiscovery =
    request.scheme === 'https' &&
    request.host === platformHosts.guestDiscover &&
    /^\/platformservice\/discover\/?$/i.test(request.path);
  const isGuests =
    contextOf(request) !== undefined || isPreflight(request) || /^psat(=|%3d)/i.test(bearerToken(request) ?? '');
  return isDiscovery && isGuests ? 'guest.discover' : undefined;
}

function contextOf(request: Request): string | undefined {
  return queryParameter(request, 'anonymousMeetingJoinContext') ?? queryParameter(request, 'anonymousContext');
}

/** G1 (trusted-application-api.md §6.1): where the guest goes on, and the conference that its token is for. */
function guestDiscoverResource(request: Request, { conferenceUri }: Guest, { namespace }: PlatformBehaviour): Resource {
  const anonApplications = `https://${platformHosts.homePool}${guestApplicationsPath}`;
  const applications = `https://${platformHosts.ring}/platformservice/v1/applications`;
  const bare = `https://${platformHosts.homePool}/ucwa/v1/applications`;
  // Partners see more, one link with and without prefix; the public form is minimal.
  const more = {
    self: `https://${request.host}:4443/platformservice/discover${decoded(request.query)}`,
    [partnerApplications]: applications,
    myApplications: bare,
    applications: bare,
  };
  return {
    rel: 'discover',
    links: { ...(namespace === 'ms:rtc:saas:' && more), anonApplications },
    bare: [partnerApplications, 'applications'],
    // The property's real name was never captured.
    ...(conferenceUri !== undefined && { properties: { conferenceId: conferenceUri } }),
  };
}

function decoded(query: string): string {
  return query.replaceAll('%253d', '%3d');
}
