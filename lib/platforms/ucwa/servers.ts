import type { UpstreamAnswer } from '../../net/transport.ts';
import type { UcwaTrust } from './settings.ts';
import {
  beginSearch,
  DiscoveryFailure,
  findUser,
  followRedirect,
  type AutodiscoveryOptions,
  type Search,
} from './autodiscovery.ts';
import { parseDiscovery, type DiscoveryLinks } from './resource.ts';
import { ChallengeFailure, tokenEndpointOf } from './tokenEndpoint.ts';
import { resolvePlatformLink } from './trust.ts';
import { requestTicket, type Grant, type TicketRequest } from './webTicket.ts';

/** Where an organizer's guests are served: what discovery is for, and what is cached of it. */
export interface Servers {
  /** The user resource: where a UCWA client begins. */
  readonly userUrl: URL;
  /** UCWA itself, on the organizer's home pool. */
  readonly applicationsUrl: URL;
  /** Gives tickets that the applications URL takes. */
  readonly tokenEndpoint: URL;
}

/**
 * Root, user, challenge, ticket, user again, until there is an applications link; then that host's own challenge, because
 * a ticket is good for the origin that issued it only (docs/protocol/ucwa.md §1.6, §2.8). Throws discovery, challenge and
 * ticket failures, or the transport's.
 */
export async function findServers(
  options: AutodiscoveryOptions,
  domain: string,
  grant: Grant,
  context: Omit<TicketRequest, 'endpoint' | 'grant'>,
  signal: AbortSignal,
): Promise<Servers> {
  const { trust } = options;
  const search = beginSearch(domain);
  let url = await findUser(options, search, signal);
  for (;;) {
    const { links, endpoint } = await readUser(options, search, url, grant, context, signal);
    const redirect = redirectOf(links, search, url, trust);
    if (redirect !== undefined) {
      url = await followRedirect(options, search, url, redirect, signal);
      continue;
    }
    const applicationsUrl = resolvePlatformLink(links.applications ?? '', url, trust);
    if (!applicationsUrl) throw failureAt(search, url, 200, 'has an applications link that leaves the hosts');
    if (endpoint?.origin === applicationsUrl.origin) return { userUrl: url, applicationsUrl, tokenEndpoint: endpoint };
    const answer = await askOpenly(options, search, applicationsUrl, signal);
    // Some pools challenge without a header (§7.16): then the user resource's endpoint is the best that is known.
    const isSilent = answer.headers['www-authenticate'] === undefined;
    const tokenEndpoint =
      isSilent && endpoint ? endpoint : tokenEndpointOf(answer, applicationsUrl, domain, grant, trust);
    return { userUrl: url, applicationsUrl, tokenEndpoint };
  }
}

/** A redirect wins over applications, unless it leads back to where we were (§7.4). */
function redirectOf(links: DiscoveryLinks, { visited }: Search, url: URL, trust: UcwaTrust): string | undefined {
  if (links.redirect === undefined || links.applications === undefined) return links.redirect;
  const target = resolvePlatformLink(links.redirect, url, trust);
  return target && visited.has(target.href) ? undefined : links.redirect;
}

/** The user resource, with a ticket if it asks for one; it leads on, to UCWA or to another server. */
async function readUser(
  options: AutodiscoveryOptions,
  search: Search,
  url: URL,
  grant: Grant,
  context: Omit<TicketRequest, 'endpoint' | 'grant'>,
  signal: AbortSignal,
): Promise<{ links: DiscoveryLinks; endpoint: URL | undefined }> {
  const { send, trust } = options;
  search.visited.add(url.href);
  const open = await askOpenly(options, search, url, signal);
  if (open.status === 200) return { links: await linksOf(open, search, url), endpoint: undefined };
  const endpoint = tokenEndpointOf(open, url, search.domain, grant, trust);
  // A ticket never goes to a host that did not issue it: one from elsewhere would be of no use here.
  if (endpoint.origin !== url.origin) throw new ChallengeFailure('endpoint-refused');
  const ticket = await requestTicket(send, { endpoint, grant, ...context }, signal);
  const answer = await send(getOf(url, ticket.token), signal);
  return { links: await linksOf(answer, search, url), endpoint };
}

/** Asks a protected resource without credentials, for its challenge; throws if it is out of order. */
export async function askOpenly(
  { send }: Pick<AutodiscoveryOptions, 'send'>,
  search: Search,
  url: URL,
  signal: AbortSignal,
): Promise<UpstreamAnswer> {
  const answer = await send(getOf(url), signal);
  if (isOutOfOrder(answer.status)) throw failureAt(search, url, answer.status, 'refuses');
  return answer;
}

async function linksOf({ status, body }: UpstreamAnswer, search: Search, url: URL): Promise<DiscoveryLinks> {
  if (status !== 200) throw failureAt(search, url, status, 'refuses');
  const links = await parseDiscovery(body);
  if (!links) throw failureAt(search, url, status, 'is not an autodiscovery answer');
  if (links.unusable !== undefined) throw failureAt(search, url, status, `has a ${links.unusable} link without href`);
  if (links.redirect === undefined && links.applications === undefined) {
    throw failureAt(search, url, status, 'has no applications link');
  }
  return links;
}

function failureAt({ hops }: Search, url: URL, status: number, failure: string): DiscoveryFailure {
  const code = status === 410 ? 'no-pool' : isOutOfOrder(status) ? 'user-unavailable' : 'no-applications';
  return new DiscoveryFailure(code, [...hops, { url: url.href, status, failure }]);
}

function isOutOfOrder(status: number): boolean {
  return status === 410 || status === 429 || status >= 500;
}

function getOf(url: URL, token?: string): { method: 'GET'; url: URL; headers: Record<string, string> } {
  return {
    method: 'GET',
    url,
    headers: { accept: 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
  };
}
