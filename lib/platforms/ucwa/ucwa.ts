import { parseAllowedUrl } from '../../hostRules.ts';
import { UpstreamFailure } from '../../net/transport.ts';
import { untilAborted } from '../../net/untilAborted.ts';
import { createUpstream } from '../../net/upstream.ts';
import type { UcwaSettings } from './settings.ts';
import { step } from '../../telemetry.ts';
import type { AdapterOptions, PlatformAdapter } from '../descriptor.ts';
import type { Join, PlatformGuest } from '../platform.ts';
import { checkSteps } from './check.ts';
import { createConferences } from './conferences.ts';
import { joinOf, readLastTicket, type LastTicket } from './lastTicket.ts';
import type { Conference } from './meetingPage.ts';
import { asUcwaProblem } from './refusals.ts';
import { probeJoin } from './probeJoin.ts';
import { createRemembered } from './remembered.ts';
import { findServers, type Servers } from './servers.ts';
import { TicketFailure } from './ticketFailure.ts';
import { grantFor, requestTicket, type WebTicket } from './webTicket.ts';

export interface UcwaOptions extends AdapterOptions {
  readonly settings: UcwaSettings;
}

const searchTimeoutMs = 10_000;

/** Skype for Business Server and Lync Server on premises: anonymous web tickets of UCWA 1.0 and 2.0 behind the port. */
export function createUcwa({ settings, readSecret, transport, now }: UcwaOptions): PlatformAdapter {
  const { meetingHosts, trust, tiers, httpFirstHop } = settings;
  const upstream = createUpstream({ transport });
  const { send } = upstream;
  const conferences = createConferences(send, meetingHosts);
  const organizers = createRemembered<Servers>();
  const discovery = { send, trust, tiers, httpFirstHop };

  // What serves several guests runs on a time-out of its own; each guest waits for it only as long as they have.
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

  /** A participant that is not any of before. */
  const joinAnew = async (guest: PlatformGuest, conference: Conference, signal: AbortSignal): Promise<Join> => {
    const join = async (as: Conference): Promise<Join> => {
      const [ticket, servers] = await freshTicket(as, signal);
      return joinOf(ticket, as, servers, false);
    };
    try {
      return await join(conference);
    } catch (error) {
      if (!(error instanceof TicketFailure && error.code === 'invalid_grant')) throw error;
      const current = await conferences.otherThan(conference, guest.meetingUrl, signal);
      if (!current) throw error;
      return join(current);
    }
  };

  /** The last ticket renewed where it was issued; undefined if it cannot be renewed any more. */
  const renew = async (known: LastTicket, signal: AbortSignal): Promise<Join | undefined> => {
    const endpoint = parseAllowedUrl(known.tokenEndpoint, trust.hosts);
    if (!endpoint || known.expiresAt <= now()) return undefined;
    let servers: Servers | undefined;
    try {
      servers = await serversOf(known, signal);
      const grant = { ...grantFor(known), renew: known.token };
      const ticket = await requestTicket(send, { endpoint, grant, now }, signal);
      return joinOf(ticket, known, { ...servers, tokenEndpoint: endpoint }, true);
    } catch (error) {
      const cleared = servers !== undefined && clearsCache(error);
      if (servers && cleared) organizers.forget(known.organizer, servers);
      // A server that does not answer may come back, and the identity with it: it is given up only if the server said
      // no, or if the organizer has moved to another one meanwhile.
      const isGone = async () => (await serversOf(known, signal)).tokenEndpoint.href !== endpoint.href;
      if (isRefusal(error) || (cleared && (await isGone()))) return undefined;
      throw error;
    }
  };

  const issue = async (guest: PlatformGuest, signal: AbortSignal): Promise<Join> => {
    const join = await joinAnew(guest, await conferences.of(guest.meetingUrl, signal), signal);
    return { ...join, identityPreserved: true };
  };

  const reissue = async (guest: PlatformGuest, last: string | undefined, signal: AbortSignal): Promise<Join> => {
    const known = readLastTicket(last);
    const renewed = known && (await renew(known, signal));
    return renewed ?? joinAnew(guest, known ?? (await conferences.of(guest.meetingUrl, signal)), signal);
  };

  const asProblems = <T>(work: () => Promise<T>): Promise<T> =>
    step('platform', work).catch((error: unknown) => {
      throw asUcwaProblem(error);
    });

  return {
    issue: (guest, signal) => asProblems(() => issue(guest, signal)),
    reissue: (guest, last, signal) => asProblems(() => reissue(guest, last, signal)),
    check: (signal) => checkSteps({ settings, send: upstream.probe, readSecret, now }, signal),
    probeJoin: (guest, signal) => probeJoin({ settings, send: upstream.probe, now }, guest, signal),
  };
}

/** The seed's complete list: 403, 502, a connection error after the retries. Nothing else clears the cache. */
function clearsCache(error: unknown): boolean {
  if (error instanceof UpstreamFailure) return error.code === 'connection';
  return error instanceof TicketFailure && (error.status === 403 || error.status === 502);
}

/** The server said no, in so many words: not out of order, not asking to slow down, and not a page of somebody else's. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof TicketFailure) || error.code === 'server_error' || error.code === 'unusable') return false;
  return error.status < 500 && error.status !== 429;
}
