import { CachedValues } from '../../cachedValue.ts';
import { parseAllowedUrl } from '../../hostRules.ts';
import { UpstreamFailure } from '../../net/transport.ts';
import { untilAborted } from '../../net/untilAborted.ts';
import { Upstream } from '../../net/upstream.ts';
import { step } from '../../telemetry.ts';
import type { AdapterOptions, PlatformAdapter } from '../descriptor.ts';
import type { HealthStep, Join, PlatformGuest } from '../platform.ts';
import { checkSteps, probeJoin } from './check.ts';
import { Conferences, type Conference } from './conferences.ts';
import { asPlatformProblem, TicketFailure } from './failure.ts';
import { joinOf, readLastTicket, type LastTicket } from './lastTicket.ts';
import { beginSearch } from './search.ts';
import { findServers, type Servers } from './servers.ts';
import type { UcwaSettings } from './settings.ts';
import { grantFor, requestTicket } from './webTicket.ts';

const searchTimeoutMs = 10_000;

/** Skype for Business Server and Lync Server on premises: anonymous web tickets of UCWA 1.0 and 2.0 behind the port. */
export class Ucwa implements PlatformAdapter {
  readonly #settings: UcwaSettings;
  readonly #options: AdapterOptions;
  readonly #upstream: Upstream;
  readonly #conferences: Conferences;
  /** By the organizer. */
  readonly #servers = new CachedValues<Servers>();

  constructor(settings: UcwaSettings, options: AdapterOptions) {
    this.#settings = settings;
    this.#options = options;
    this.#upstream = new Upstream({ transport: options.transport });
    this.#conferences = new Conferences(this.#upstream.send, settings.meetingHosts);
  }

  issue(guest: PlatformGuest, signal: AbortSignal): Promise<Join> {
    return asProblems(async () => {
      const conference = await this.#conferences.of(guest.meetingUrl, signal);
      return { ...(await this.#joinAnew(guest, conference, signal)), identityPreserved: true };
    });
  }

  reissue(guest: PlatformGuest, last: string | undefined, signal: AbortSignal): Promise<Join> {
    return asProblems(async () => {
      const known = readLastTicket(last);
      const renewed = known && (await this.#renew(known, signal));
      if (renewed) return renewed;
      return this.#joinAnew(guest, known ?? (await this.#conferences.of(guest.meetingUrl, signal)), signal);
    });
  }

  check(signal: AbortSignal): Promise<HealthStep[]> {
    const { readSecret, now } = this.#options;
    return checkSteps({ settings: this.#settings, send: this.#upstream.probe, readSecret, now, signal });
  }

  probeJoin(guest: PlatformGuest, signal: AbortSignal): Promise<HealthStep[]> {
    const { now } = this.#options;
    return probeJoin({ settings: this.#settings, send: this.#upstream.probe, now, signal }, guest);
  }

  /** A participant that is not any of before. */
  async #joinAnew(guest: PlatformGuest, conference: Conference, signal: AbortSignal): Promise<Join> {
    try {
      return await this.#join(conference, signal);
    } catch (error) {
      if (!(error instanceof TicketFailure && error.code === 'invalid_grant')) throw error;
      const current = await this.#conferences.otherThan(conference, guest.meetingUrl, signal);
      if (!current) throw error;
      return this.#join(current, signal);
    }
  }

  /** A ticket of a new identity. The organizer's servers are looked up again, once, if they cannot be talked to. */
  async #join(conference: Conference, signal: AbortSignal): Promise<Join> {
    const join = async (servers: Servers): Promise<Join> => {
      const request = { endpoint: servers.tokenEndpoint, grant: grantFor(conference), now: this.#options.now };
      const ticket = await requestTicket(this.#upstream.send, request, signal);
      return { ...joinOf(ticket, conference, servers), identityPreserved: false };
    };
    const servers = await this.#serversOf(conference, signal);
    try {
      return await join(servers);
    } catch (error) {
      if (!clearsCache(error)) throw error;
      this.#servers.invalidate(conference.organizer, servers);
      return join(await this.#serversOf(conference, signal));
    }
  }

  /** The last ticket renewed where it was issued; undefined if it cannot be renewed any more. */
  async #renew(known: LastTicket, signal: AbortSignal): Promise<Join | undefined> {
    const endpoint = parseAllowedUrl(known.tokenEndpoint, this.#settings.trust.hosts);
    if (!endpoint || known.expiresAt <= this.#options.now()) return undefined;
    let servers: Servers | undefined;
    try {
      servers = await this.#serversOf(known, signal);
      const request = { endpoint, grant: { ...grantFor(known), renew: known.token }, now: this.#options.now };
      const ticket = await requestTicket(this.#upstream.send, request, signal);
      return { ...joinOf(ticket, known, { ...servers, tokenEndpoint: endpoint }), identityPreserved: true };
    } catch (error) {
      const cleared = servers !== undefined && clearsCache(error);
      if (servers && cleared) this.#servers.invalidate(known.organizer, servers);
      // A server that does not answer may come back, and the identity with it: it is given up only if the server refused,
      // or if the organizer has moved to another one meanwhile.
      const isGone = async () => (await this.#serversOf(known, signal)).tokenEndpoint.href !== endpoint.href;
      if (isRefusal(error) || (cleared && (await isGone()))) return undefined;
      throw error;
    }
  }

  // What serves several guests runs on a time-out of its own; each guest waits for it only as long as they have.
  #serversOf(conference: Conference, signal: AbortSignal): Promise<Servers> {
    const find = (): Promise<Servers> => {
      const { domain } = conference;
      const own = { send: this.#upstream.send, now: this.#options.now, signal: AbortSignal.timeout(searchTimeoutMs) };
      return findServers(beginSearch({ ...this.#settings, ...own, domain, grant: grantFor(conference) }));
    };
    const finding = this.#servers.get(conference.organizer, () => step('discovery', find));
    return untilAborted(finding, signal);
  }
}

function asProblems<T>(work: () => Promise<T>): Promise<T> {
  return step('platform', work).catch((error: unknown) => {
    throw asPlatformProblem(error);
  });
}

/** The seed's complete list: 403, 502, a connection error after the retries. Nothing else clears the cache. */
function clearsCache(error: unknown): boolean {
  if (error instanceof UpstreamFailure) return error.code === 'connection';
  return error instanceof TicketFailure && (error.status === 403 || error.status === 502);
}

/** The server refused: it is not out of order, it does not ask to slow down, and the answer is the token endpoint's own. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof TicketFailure) || error.code === 'server_error' || error.code === 'unusable') return false;
  return error.status < 500 && error.status !== 429;
}
