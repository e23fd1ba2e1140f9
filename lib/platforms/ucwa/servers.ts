import type { UpstreamAnswer } from '../../net/transport.ts';
import type { UcwaTrust } from '../../settings/ucwa.ts';
import {
  beginSearch,
  DiscoveryFailure,
  findUser,
  followRedirect,
  type AutodiscoveryOptions,
  type Search,
} from './autodiscovery.ts';
import { listOf, parseChallenges } from './challenge.ts';
import { parseDiscovery } from './resource.ts';
import { isHomedOnline, resolvePlatformLink, resolveTokenEndpoint } from './trust.ts';
import { grantTypes, requestTicket, type Grant } from './webTicket.ts';

/** Where an organizer's guests are served: what discovery is for, and what is cached of it. */
export interface Servers {
  /** The user resource: where a UCWA client begins. */
  readonly userUrl: URL;
  /** UCWA itself, on the organizer's home pool. */
  readonly applicationsUrl: URL;
  /** Gives tickets that the applications URL takes. */
  readonly tokenEndpoint: URL;
}

export type ChallengeFailureCode =
  'no-challenge' | 'homed-online' | 'no-endpoint' | 'endpoint-refused' | 'grant-not-offered';

/** A protected resource did not say how to get a ticket that we may ask for. */
export class ChallengeFailure extends Error {
  override readonly name = 'ChallengeFailure';
  readonly code: ChallengeFailureCode;

  constructor(code: ChallengeFailureCode) {
    super(`challenge: ${code}`);
    this.code = code;
  }
}

/** Shows an administrator, or times for a health check, what is being done. */
export type Observe = <T>(
  step: 'root' | 'user' | 'challenge' | 'ticket' | 'applications',
  work: () => Promise<T>,
) => Promise<T>;
const unobserved: Observe = (_step, work) => work();

/**
 * Root, user, challenge, ticket, user again, until there is an applications link; then that host's own challenge, because
 * a ticket is good for the origin that issued it only (docs/protocol/ucwa.md §1.6, §2.8). Throws discovery, challenge and
 * ticket failures, or the transport's.
 */
export async function findServers(
  options: AutodiscoveryOptions,
  domain: string,
  grant: Grant,
  context: { now: () => number; observe?: Observe },
  signal: AbortSignal,
): Promise<Servers> {
  const { send, trust } = options;
  const { now, observe = unobserved } = context;
  const search = beginSearch(domain);
  let userUrl = await observe('root', () => findUser(options, search, signal));
  for (;;) {
    const url = userUrl;
    const { links, endpoint } = await readUser(options, search, url, grant, { now, observe }, signal);
    if (links.redirect !== undefined) {
      const { redirect } = links;
      userUrl = await observe('root', () => followRedirect(options, search, url, redirect, signal));
      continue;
    }
    const applicationsUrl = resolvePlatformLink(links.applications ?? '', url, trust);
    if (links.applications === undefined || !applicationsUrl) throw new ChallengeFailure('no-endpoint');
    const tokenEndpoint = await observe('applications', async () => {
      if (endpoint?.origin === applicationsUrl.origin) return endpoint;
      const answer = await send(getOf(applicationsUrl), signal);
      // Some pools challenge without a header (§7.16): then the user resource's endpoint is the best that is known.
      if (answer.headers['www-authenticate'] === undefined && endpoint) return endpoint;
      return tokenEndpointOf(answer, applicationsUrl, domain, grant, trust);
    });
    return { userUrl: url, applicationsUrl, tokenEndpoint };
  }
}

/** The user resource, with a ticket if it asks for one. */
async function readUser(
  { send, trust }: AutodiscoveryOptions,
  search: Search,
  url: URL,
  grant: Grant,
  { now, observe }: { now: () => number; observe: Observe },
  signal: AbortSignal,
): Promise<{ links: { redirect?: string; applications?: string }; endpoint: URL | undefined }> {
  const open = await observe('user', () => send(getOf(url), signal));
  if (open.status === 200) return { links: await linksOf(open, search), endpoint: undefined };
  const endpoint = await observe('challenge', async () =>
    Promise.resolve(tokenEndpointOf(open, url, search.domain, grant, trust)),
  );
  const ticket = await observe('ticket', () => requestTicket(send, { endpoint, grant, now }, signal));
  // A ticket never goes to a host that did not issue it.
  if (ticket.origin !== url.origin) throw new ChallengeFailure('endpoint-refused');
  const answer = await observe('user', () => send(getOf(url, ticket.token), signal));
  return { links: await linksOf(answer, search), endpoint };
}

async function linksOf(
  answer: UpstreamAnswer,
  { hops }: Search,
): Promise<{ redirect?: string; applications?: string }> {
  if (answer.status === 410) throw new DiscoveryFailure('no-pool', hops);
  const links = answer.status === 200 ? await parseDiscovery(answer.body) : undefined;
  if (links && (links.redirect !== undefined || links.applications !== undefined)) return links;
  throw new ChallengeFailure('no-endpoint');
}

function getOf(url: URL, token?: string): { method: 'GET'; url: URL; headers: Record<string, string> } {
  return {
    method: 'GET',
    url,
    headers: { accept: 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
  };
}

/** The token endpoint of the first MsRtcOAuth challenge that offers the grant (§2.1, §7.8). */
export function tokenEndpointOf(
  answer: Pick<UpstreamAnswer, 'headers'>,
  challengedBy: URL,
  domain: string,
  grant: Pick<Grant, 'kind'>,
  trust: UcwaTrust,
): URL {
  const challenges = parseChallenges(answer.headers['www-authenticate'] ?? '');
  const tickets = challenges.filter(({ scheme }) => scheme === 'msrtcoauth');
  if (tickets.length === 0) {
    const online = challenges.some(
      ({ scheme, parameters }) => scheme === 'bearer' && parameters.has('authorization_uri'),
    );
    throw new ChallengeFailure(online ? 'homed-online' : 'no-challenge');
  }
  const offering = tickets.find((ticket) => listOf(ticket, 'grant_type')?.includes(grantTypes[grant.kind]) ?? true);
  if (!offering) throw new ChallengeFailure('grant-not-offered');
  const href = offering.parameters.get('href');
  if (!href) throw new ChallengeFailure('no-endpoint');
  if (isHomedOnline(href)) throw new ChallengeFailure('homed-online');
  const endpoint = resolveTokenEndpoint(href, challengedBy, domain, trust);
  if (!endpoint) throw new ChallengeFailure('endpoint-refused');
  return endpoint;
}
