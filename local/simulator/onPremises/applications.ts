import { bearerToken, type Answer, type Request } from '../http/exchange.ts';
import type { Place } from '../meetings/place.ts';
import { ucwaAnswer, type Venue } from '../meetings/ucwa.ts';
import { ucwaError, withUcwaVersion } from '../meetings/ucwaAnswers.ts';
import { challengeAnswer } from './challenge.ts';
import { findMeeting } from './meetings.ts';
import { diagnostics, invalidToken, statusPage } from './serverAnswers.ts';
import type { Site } from './site.ts';

// Neither preflights nor anything else that has no meaning for a resource is known to UCWA (line 202).
const foreignMethods = ['OPTIONS', 'HEAD', 'TRACE'];

/** What a request asks of UCWA. */
export interface UcwaTarget {
  place: Place;
  /** As links have it, whatever letter case was asked in. */
  applicationsPath: string;
}

/** UCWA, as far as it is simulated: it challenges like discovery, and serves guests who have a ticket (§2.8, §3). */
export async function applicationsAnswer(
  request: Request,
  site: Site,
  venue: Venue,
  { place, applicationsPath }: UcwaTarget,
  gone: AbortSignal,
): Promise<Answer> {
  const { behaviour, tickets, state, domain } = site;
  const { version } = behaviour;
  const answer = () => {
    if (foreignMethods.includes(request.method)) return ucwaError(405);
    if (request.headers.authorization === undefined) {
      return challengeAnswer(request, site, behaviour.applicationsChallenge);
    }
    const ticket = tickets.open(bearerToken(request) ?? '', request.host);
    if (!ticket) return badToken(request, site);
    const guest = { endpoint: ticket.identity, conferenceUri: ticket.conferenceUri };
    const isMeeting = (conferenceUri: string) => findMeeting(state.meetings, domain, conferenceUri) !== undefined;
    return ucwaAnswer(request, place, { guest, applicationsPath, version, isMeeting }, venue, gone);
  };
  return withUcwaVersion(await answer(), version);
}

function badToken(request: Request, site: Site): Answer {
  const { badTokenAtApplications: status, applicationsChallenge } = site.behaviour;
  if (status === 500) {
    return statusPage(500, { 'X-Ms-diagnostics': diagnostics(site, 28032, 'The web ticket is invalid.') });
  }
  return challengeAnswer(request, site, applicationsChallenge, { status, headers: invalidToken(site) });
}
