import { platformHosts } from '../hostNames.ts';
import { bearerToken, queryParameter, type Answer, type Request } from '../http/exchange.ts';
import type { Served } from '../http/serve.ts';
import { readPlace, type Place } from '../meetings/place.ts';
import { ucwaAnswer } from '../meetings/ucwa.ts';
import { ucwaError, withUcwaVersion } from '../meetings/ucwaAnswers.ts';
import type { Operation } from '../operations.ts';
import type { SigningCertificate } from '../webToken.ts';
import type { World } from '../world.ts';
import { isPreflight, preflightAnswer, withCors } from './guestCors.ts';
import { guestApplicationsPath, guestDiscoverResource } from './guestDiscover.ts';
import { readGuestToken, type GuestToken } from './guestToken.ts';
import { isKnownMeeting } from './knownMeetings.ts';
import { platformError, resourceAnswer, unauthorized } from './platformAnswers.ts';

const version = '2.0';

/** G1 to G3 (§6): what guests ask of the platform, with nothing but their token. */
export interface GuestRoutes extends Served {
  /** Whether a request is one of a guest's. */
  serves(request: Request): boolean;
}

/** The guests' side of the platform. */
export function guestRoutes(world: World, certificate: SigningCertificate): GuestRoutes {
  return {
    serves: (request) => operationOf(request) !== undefined,
    route: (request) => ({
      operation: operationOf(request) ?? 'unknown',
      answer: async (gone) => {
        const token = tokenOf(request);
        if (isPreflight(request)) return preflightAnswer(request, token?.allowedOrigins);
        return forPages(request, await answer(request, token, gone), token);
      },
    }),
    fail: (request, status) => forPages(request, failure(request, status), tokenOf(request)),
  };

  async function answer(request: Request, token: GuestToken | undefined, gone: AbortSignal): Promise<Answer> {
    // The status for a token that has expired is not known; this one is what a client can act on (§6.5).
    if (!token || token.isOutOfDate) return unauthorized(request);
    const { guest } = token;
    const place = placeOf(request);
    if (!place) return discover(request, token);
    const isMeeting = (conferenceUri: string) => isKnownMeeting(world.platform, conferenceUri, world.now());
    const admitted = {
      guest,
      applicationsPath: guestApplicationsPath,
      tokenEndpointId: guest.endpoint,
      version,
      isMeeting,
    };
    return withUcwaVersion(await ucwaAnswer(request, place, admitted, world, gone), version);
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
    return placeOf(request)
      ? withUcwaVersion(ucwaError(status), version)
      : platformError(request, status, { message: 'The platform does not serve this request.' }, world.platform);
  }

  /** The token in the URL, where discovery has it, or in the header: discovery takes both (§6.1). */
  function tokenOf(request: Request): GuestToken | undefined {
    const texts = [placeOf(request) ? undefined : contextOf(request), bearerToken(request)];
    return readGuestToken(texts.find((text) => text !== undefined) ?? '', certificate, world.now());
  }
}

function forPages(request: Request, answer: Answer, token: GuestToken | undefined): Answer {
  return withCors(request, answer, token?.allowedOrigins ?? []);
}

function placeOf({ host, path }: Request): Place | undefined {
  return host === platformHosts.homePool ? readPlace(path, guestApplicationsPath) : undefined;
}

function operationOf(request: Request): Operation | undefined {
  const place = placeOf(request);
  if (place) return `guest.${place.place}`;
  const isDiscovery =
    request.host === platformHosts.guestDiscover && /^\/platformservice\/discover\/?$/i.test(request.path);
  const isGuests =
    contextOf(request) !== undefined || isPreflight(request) || /^psat(=|%3d)/i.test(bearerToken(request) ?? '');
  return isDiscovery && isGuests ? 'guest.discover' : undefined;
}

function contextOf(request: Request): string | undefined {
  return queryParameter(request, 'anonymousMeetingJoinContext') ?? queryParameter(request, 'anonymousContext');
}
