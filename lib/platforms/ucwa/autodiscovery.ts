import { UpstreamFailure, type UpstreamAnswer } from '../../net/transport.ts';
import { DiscoveryFailure, type Hop } from './failure.ts';
import { parseDiscovery, type DiscoveryLinks } from './resource.ts';
import { isHomedOnline, isSameDomain, passesSecurityCheck, resolvePlatformLink, type Search } from './search.ts';

const maxHops = 10;
// The internal name is near, or is not there at all: beyond the network it may swallow what is sent to it.
const internalTimeoutMs = 2_000;

/**
 * Finds the `user` link of a SIP domain: the tiers in their order, a tier's failure as the seed lists it (no response,
 * connection error, redirect to another domain, 404) and as docs/protocol/ucwa.md §7.3 completes it.
 * Throws {@link DiscoveryFailure}; an upstream failure only when the caller's time is up.
 */
export async function findUser(search: Search): Promise<URL> {
  const { domain, send, visited } = search;
  const impatient: Search = {
    ...search,
    send: (request, signal) => send(request, AbortSignal.any([signal, AbortSignal.timeout(internalTimeoutMs)])),
  };
  for (const name of search.tiers === 'external' ? ['lyncdiscover'] : ['lyncdiscoverinternal', 'lyncdiscover']) {
    for (const scheme of search.httpFirstHop ? ['https', 'http'] : ['https']) {
      visited.clear();
      const tier = name === 'lyncdiscover' ? search : impatient;
      const user = await ask(tier, new URL(`${scheme}://${name}.${domain}/`));
      if (user) return user;
    }
  }
  throw new DiscoveryFailure('all-tiers-failed', search.hops);
}

/** Goes on from a redirect that came after authentication: over https, without credentials (docs/protocol/ucwa.md §7.9). */
export async function followRedirect(search: Search, from: URL, href: string): Promise<URL> {
  const user = await ask(search, redirectTarget(search, from, href));
  if (user) return user;
  throw new DiscoveryFailure('all-tiers-failed', search.hops);
}

/** The user link that a URL leads to; undefined if the tier has failed. */
async function ask(search: Search, url: URL): Promise<URL | undefined> {
  const { domain, hops, signal, trust, visited } = search;
  if (visited.has(url.href) || hops.length === maxHops) throw new DiscoveryFailure('endless', hops);
  visited.add(url.href);
  let answer: UpstreamAnswer;
  try {
    answer = await search.send({ method: 'GET', url, headers: { accept: 'application/json' } }, signal);
  } catch (error) {
    if (!(error instanceof UpstreamFailure) || signal.aborted) throw error;
    const failure = error.code === 'too-large' ? 'the answer is too large' : `no answer (${error.code})`;
    return record(search, url, { failure });
  }
  const { status } = answer;
  if (status >= 300 && status < 400) {
    // Judged by the domain of the autodiscovery service, which is the SIP domain; http is never gone back to.
    const location = answer.headers.location ?? '';
    const target = /^http:/i.test(location) ? undefined : resolvePlatformLink(location, url, trust);
    if (!target || !isSameDomain(target, domain)) {
      return record(search, url, { failure: 'redirects to another domain or to http', status });
    }
    record(search, url, { status });
    return ask(search, target);
  }
  if (status === 410) throw new DiscoveryFailure('no-pool', [...hops, { url: url.href, status }]);
  if (status !== 200) return record(search, url, { failure: 'refuses', status });
  const links = await parseDiscovery(answer.body);
  return links
    ? follow(search, url, links)
    : record(search, url, { failure: 'is not an autodiscovery answer', status });
}

/** A redirect wins over a user link, unless it leads back to where we were and there is a user link (docs/protocol/ucwa.md §7.4). */
async function follow(search: Search, url: URL, links: DiscoveryLinks): Promise<URL | undefined> {
  const status = 200;
  if (links.unusable !== undefined) {
    return record(search, url, { failure: `has a ${links.unusable} link without href`, status });
  }
  const user = links.user === undefined ? undefined : resolvePlatformLink(links.user, url, search.trust);
  if (links.redirect !== undefined) {
    const target = redirectTarget(search, url, links.redirect);
    if (!(search.visited.has(target.href) && user)) {
      record(search, url, { status });
      return ask(search, target);
    }
  }
  // Over plain http nothing but a redirect is believed.
  if (!user || url.protocol === 'http:') return record(search, url, { failure: 'has no usable user link', status });
  record(search, url, { status });
  return user;
}

/** Records what became of a request; answers that it led to no user link. */
function record({ hops }: Search, url: URL, outcome: Omit<Hop, 'url'>): URL | undefined {
  hops.push({ url: url.href, ...outcome });
  return undefined;
}

function redirectTarget(search: Search, from: URL, href: string): URL {
  const hops = [...search.hops, { url: from.href, status: 200, failure: 'its redirect is not followed' }];
  if (isHomedOnline(href)) throw new DiscoveryFailure('homed-online', hops);
  const target = resolvePlatformLink(href, from, search.trust);
  if (target && passesSecurityCheck(from, target, search)) return target;
  const blockedHost = URL.canParse(href, from.href) ? new URL(href, from).host : '';
  throw new DiscoveryFailure('redirect-blocked', hops, blockedHost || undefined);
}
