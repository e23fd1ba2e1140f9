import * as z from 'zod';
import { UpstreamFailure, type Transport } from '../../net/transport.ts';
import { untilAborted } from '../../net/untilAborted.ts';
import { createUpstream } from '../../net/upstream.ts';
import { Problem } from '../../problem.ts';
import type { UcwaSettings } from '../../settings/ucwa.ts';
import { step } from '../../telemetry.ts';
import type { Join, MeetingPlatform, PlatformGuest } from '../platform.ts';
import { checkDomains } from './check.ts';
import { findConference, type Conference } from './meetingPage.ts';
import { asUcwaProblem } from './refusals.ts';
import { createRemembered } from './remembered.ts';
import { findServers, type Servers } from './servers.ts';
import { requestTicket, TicketFailure, type WebTicket } from './webTicket.ts';

export interface UcwaOptions {
  readonly settings: UcwaSettings;
  readonly transport: Transport;
  readonly now?: () => number;
}

/** What the guest's row keeps: the last ticket, where it was issued, and the conference it is for. */
const identity = z.object({
  token: z.string(),
  expiresAt: z.number(),
  tokenEndpoint: z.url(),
  uri: z.string(),
  organizer: z.string(),
  domain: z.string(),
  key: z.string(),
});
type Identity = z.infer<typeof identity>;

const searchTimeoutMs = 10_000;

/** Skype for Business Server and Lync Server on premises: anonymous web tickets of UCWA 1.0 and 2.0 behind the port. */
export function createUcwa({ settings, transport, now = Date.now }: UcwaOptions): MeetingPlatform {
  const { meetingHosts, trust, tiers, httpFirstHop } = settings;
  const upstream = createUpstream({ transport });
  const { send } = upstream;
  const conferences = createRemembered<Conference>();
  const organizers = createRemembered<Servers>();
  const discovery = { send, trust, tiers, httpFirstHop };

  // What serves several guests runs on a time-out of its own; each guest waits for it only as long as they have.
  const conferenceOf = async (meetingUrl: string, signal: AbortSignal): Promise<Conference> => {
    const url = new URL(meetingUrl);
    const domain = meetingHosts.get(url.hostname);
    if (domain === undefined) throw cannotDerive();
    const finding = conferences.get(meetingUrl, async () => {
      const found = await findConference(send, url, domain, AbortSignal.timeout(searchTimeoutMs));
      if (!found) throw cannotDerive();
      return found;
    });
    return untilAborted(finding, signal);
  };

  const serversOf = (conference: Conference, signal: AbortSignal): Promise<Servers> => {
    const finding = organizers.get(conference.organizer, () =>
      step('discovery', () =>
        findServers(discovery, conference.domain, grantFor(conference), { now }, AbortSignal.timeout(searchTimeoutMs)),
      ),
    );
    return untilAborted(finding, signal);
  };

  /** A ticket of a new identity. The organizer's servers are looked up again, once, if they cannot be talked to. */
  const freshTicket = async (conference: Conference, signal: AbortSignal): Promise<[WebTicket, Servers]> => {
    const servers = await serversOf(conference, signal);
    const ask = async (from: Servers): Promise<[WebTicket, Servers]> => [
      await requestTicket(send, { endpoint: from.tokenEndpoint, grant: grantFor(conference), now }, signal),
      from,
    ];
    try {
      return await ask(servers);
    } catch (error) {
      if (!clearsCache(error)) throw error;
      organizers.forget(conference.organizer, servers);
      return ask(await serversOf(conference, signal));
    }
  };

  const joinOf = (ticket: WebTicket, conference: Conference, servers: Servers, identityPreserved: boolean): Join => ({
    token: ticket.token,
    expiryTime: ticket.expiresAt,
    discoverUrl: servers.userUrl.href,
    applicationsUrl: servers.applicationsUrl.href,
    conferenceUri: conference.uri,
    identity: JSON.stringify({
      ...conference,
      token: ticket.token,
      expiresAt: ticket.expiresAt.getTime(),
      tokenEndpoint: servers.tokenEndpoint.href,
    } satisfies Identity),
    identityPreserved,
  });

  const issue = async (guest: PlatformGuest, signal: AbortSignal): Promise<Join> => {
    const conference = await conferenceOf(guest.meetingUrl, signal);
    const [ticket, servers] = await freshTicket(conference, signal);
    return joinOf(ticket, conference, servers, true);
  };

  /** The last ticket renewed where it was issued; a fresh one, of another identity, if that is refused. */
  const reissue = async (guest: PlatformGuest, last: string | undefined, signal: AbortSignal): Promise<Join> => {
    const known = last === undefined ? undefined : identity.safeParse(JSON.parse(last)).data;
    if (!known) return { ...(await issue(guest, signal)), identityPreserved: false };
    const { uri, organizer, domain, key } = known;
    const conference = { uri, organizer, domain, key };
    if (known.expiresAt > now()) {
      const servers = await serversOf(conference, signal);
      const endpoint = new URL(known.tokenEndpoint);
      try {
        const grant = { ...grantFor(conference), renew: known.token };
        const ticket = await requestTicket(send, { endpoint, grant, now }, signal);
        return joinOf(ticket, conference, { ...servers, tokenEndpoint: endpoint }, true);
      } catch (error) {
        const cleared = clearsCache(error);
        if (cleared) organizers.forget(conference.organizer, servers);
        // A server that does not answer may come back, and the identity with it: it is given up only if the server said
        // no, or if the organizer has moved to another one meanwhile.
        const isGone = async () => (await serversOf(conference, signal)).tokenEndpoint.href !== endpoint.href;
        if (!isRefusal(error) && !(cleared && (await isGone()))) throw error;
      }
    }
    const [ticket, servers] = await freshTicket(conference, signal);
    return joinOf(ticket, conference, servers, false);
  };

  const asProblems = <T>(work: () => Promise<T>): Promise<T> =>
    step('platform', work).catch((error: unknown) => {
      throw asUcwaProblem(error);
    });

  return {
    name: 'ucwa',
    keepsIdentity: 'by-last-answer',
    longestTokenLifeSeconds: 3_600,
    accepts: (meetingUrl) => meetingUrl.port === '' && meetingHosts.has(meetingUrl.hostname),
    issue: (guest, signal) => asProblems(() => issue(guest, signal)),
    reissue: (guest, last, signal) => asProblems(() => reissue(guest, last, signal)),
    check: (signal) => checkDomains(settings, upstream.probe, signal),
  };
}

function grantFor({ uri, key }: Conference): { kind: 'anonmeeting'; conferenceUri: string; conferenceKey: string } {
  return { kind: 'anonmeeting', conferenceUri: uri, conferenceKey: key };
}

/** The seed's complete list: 403, 502, a connection error after the retries. Nothing else clears the cache. */
function clearsCache(error: unknown): boolean {
  if (error instanceof UpstreamFailure) return error.code === 'connection';
  return error instanceof TicketFailure && (error.status === 403 || error.status === 502);
}

function isRefusal(error: unknown): boolean {
  return error instanceof TicketFailure && error.code !== 'server_error' && error.status < 500 && error.status !== 429;
}

function cannotDerive(): Problem {
  return new Problem(
    'meeting-url-not-supported',
    "The conference cannot be derived from this URL. The administrator can map the meeting's host to its SIP domain in UCWA_MEETING_HOSTS.",
  );
}
