import type { UpstreamAnswer, UpstreamRequest } from '../../net/transport.ts';
import { findUser, followRedirect } from './autodiscovery.ts';
import { tokenEndpointOf } from './challenge.ts';
import { ChallengeFailure, DiscoveryFailure } from './failure.ts';
import { parseDiscovery, type DiscoveryLinks } from './resource.ts';
import { resolvePlatformLink, type Search } from './search.ts';
import { requestTicket, type Grant } from './webTicket.ts';

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
export async function findServers(search: Search<Grant>): Promise<Servers> {
  let userUrl = await findUser(search);
  for (;;) {
    const { links, endpoint } = await readUser(search, userUrl);
    const redirect = redirectOf(search, links, userUrl);
    if (redirect !== undefined) {
      userUrl = await followRedirect(search, userUrl, redirect);
      continue;
    }
    const applicationsUrl = resolvePlatformLink(links.applications ?? '', userUrl, search.trust);
    if (!applicationsUrl) throw failureAt(search, userUrl, [200, 'has an applications link that leaves the hosts']);
    if (endpoint?.origin === applicationsUrl.origin) return { userUrl, applicationsUrl, tokenEndpoint: endpoint };
    const answer = await askOpenly(search, applicationsUrl);
    // Some pools challenge without a header (docs/protocol/ucwa.md §7.16): then the user resource's endpoint is the best
    // that is known.
    const isSilent = answer.headers['www-authenticate'] === undefined;
    const tokenEndpoint = isSilent && endpoint ? endpoint : tokenEndpointOf(answer, applicationsUrl, search);
    return { userUrl, applicationsUrl, tokenEndpoint };
  }
}

/** A redirect wins over applications, unless it leads back to where we were (docs/protocol/ucwa.md §7.4). */
function redirectOf({ trust, visited }: Search, links: DiscoveryLinks, url: URL): string | undefined {
  if (links.redirect === undefined || links.applications === undefined) return links.redirect;
  const target = resolvePlatformLink(links.redirect, url, trust);
  return target && visited.has(target.href) ? undefined : links.redirect;
}

/** The user resource, with a ticket if it asks for one; it leads on, to UCWA or to another server. */
async function readUser(search: Search<Grant>, url: URL): Promise<{ links: DiscoveryLinks; endpoint?: URL }> {
  const { send, signal, visited } = search;
  visited.add(url.href);
  const open = await askOpenly(search, url);
  if (open.status === 200) return { links: await linksOf(search, url, open) };
  const endpoint = tokenEndpointOf(open, url, search);
  // A ticket never goes to a host that did not issue it: one from elsewhere would be of no use here.
  if (endpoint.origin !== url.origin) throw new ChallengeFailure('endpoint-refused');
  const { token } = await requestTicket(send, { ...search, endpoint }, signal);
  return { links: await linksOf(search, url, await send(getOf(url, token), signal)), endpoint };
}

/** Asks a protected resource without credentials, for its challenge; throws if it is out of order. */
export async function askOpenly(search: Search, url: URL): Promise<UpstreamAnswer> {
  const answer = await search.send(getOf(url), search.signal);
  if (isOutOfOrder(answer.status)) throw failureAt(search, url, [answer.status, 'refuses']);
  return answer;
}

async function linksOf(search: Search, url: URL, { status, body }: UpstreamAnswer): Promise<DiscoveryLinks> {
  const fail = (failure: string): DiscoveryFailure => failureAt(search, url, [status, failure]);
  if (status !== 200) throw fail('refuses');
  const links = await parseDiscovery(body);
  if (!links) throw fail('is not an autodiscovery answer');
  if (links.unusable !== undefined) throw fail(`has a ${links.unusable} link without href`);
  if (links.redirect === undefined && links.applications === undefined) throw fail('has no applications link');
  return links;
}

type Ended = readonly [status: number, failure: string];

function failureAt({ hops }: Search, url: URL, [status, failure]: Ended): DiscoveryFailure {
  const code = status === 410 ? 'no-pool' : isOutOfOrder(status) ? 'user-unavailable' : 'no-applications';
  return new DiscoveryFailure(code, [...hops, { url: url.href, status, failure }]);
}

function isOutOfOrder(status: number): boolean {
  return status === 410 || status === 429 || status >= 500;
}

function getOf(url: URL, token?: string): UpstreamRequest {
  const headers = { accept: 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  return { method: 'GET', url, headers };
}
