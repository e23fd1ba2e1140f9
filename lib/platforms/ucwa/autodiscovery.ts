import { UpstreamFailure, type Transport, type UpstreamAnswer } from '../../net/transport.ts';
import type { UcwaSettings } from './settings.ts';
import { parseDiscovery, type DiscoveryLinks } from './resource.ts';
import { isHomedOnline, isSameDomain, passesSecurityCheck, resolvePlatformLink } from './trust.ts';

/** One request of discovery and what became of it; what an administrator is shown, and nobody else. */
export interface Hop {
  readonly url: string;
  readonly status?: number;
  /** Why it led nowhere; absent if it led on. */
  readonly failure?: string;
}

export type DiscoveryFailureCode =
  | 'all-tiers-failed'
  | 'redirect-blocked'
  | 'homed-online'
  | 'endless'
  | 'no-pool'
  | 'user-unavailable'
  | 'no-applications';

/** Discovery ended before it found UCWA. Its hops name internal hosts: not for logs. */
export class DiscoveryFailure extends Error {
  override readonly name = 'DiscoveryFailure';
  readonly code: DiscoveryFailureCode;
  readonly hops: readonly Hop[];
  /** Of `redirect-blocked`: the host that an administrator may approve. */
  readonly blockedHost: string | undefined;

  constructor(code: DiscoveryFailureCode, hops: readonly Hop[], blockedHost?: string) {
    super(`autodiscovery: ${code}`);
    this.code = code;
    this.hops = hops;
    this.blockedHost = blockedHost;
  }
}

export interface AutodiscoveryOptions extends Pick<UcwaSettings, 'trust' | 'tiers' | 'httpFirstHop'> {
  readonly send: Transport;
}

const maxHops = 10;
// The internal name is near, or is not there at all: beyond the network it may swallow what is sent to it.
const internalTimeoutMs = 2_000;

/** One search for the servers of one organizer: its hops count together, before and after authentication. */
export interface Search {
  /** The SIP domain that redirects are judged by. */
  readonly domain: string;
  readonly hops: Hop[];
  /** The URLs on the way from one root; another tier may lead to the same servers. */
  readonly visited: Set<string>;
}

export function beginSearch(domain: string): Search {
  return { domain, hops: [], visited: new Set() };
}

/** What one request of a tier led to: the user link, or undefined if the tier has failed. */
type Outcome = URL | undefined;

/** Records that a request led nowhere. */
type Fail = (failure: string, status?: number) => Outcome;

/**
 * Finds the `user` link of a SIP domain: the tiers in their order, a tier's failure as the seed lists it (no response,
 * connection error, redirect to another domain, 404) and as docs/protocol/ucwa.md §7.3 completes it.
 * Throws {@link DiscoveryFailure}; an upstream failure only when the caller's time is up.
 */
export async function findUser(options: AutodiscoveryOptions, search: Search, signal: AbortSignal): Promise<URL> {
  const names = options.tiers === 'external' ? ['lyncdiscover'] : ['lyncdiscoverinternal', 'lyncdiscover'];
  const schemes = options.httpFirstHop ? ['https', 'http'] : ['https'];
  for (const name of names) {
    const tier =
      name === 'lyncdiscoverinternal' ? { ...options, send: within(internalTimeoutMs, options.send) } : options;
    for (const scheme of schemes) {
      search.visited.clear();
      const user = await ask(tier, search, new URL(`${scheme}://${name}.${search.domain}/`), signal);
      if (user) return user;
    }
  }
  throw new DiscoveryFailure('all-tiers-failed', search.hops);
}

/** Goes on from a redirect that came after authentication: over https, without credentials (§7.9). */
export async function followRedirect(
  options: AutodiscoveryOptions,
  search: Search,
  from: URL,
  href: string,
  signal: AbortSignal,
): Promise<URL> {
  const user = await ask(options, search, redirectTarget(options, search, from, href), signal);
  if (user) return user;
  throw new DiscoveryFailure('all-tiers-failed', search.hops);
}

async function ask(options: AutodiscoveryOptions, search: Search, url: URL, signal: AbortSignal): Promise<Outcome> {
  const { trust, send } = options;
  if (search.visited.has(url.href) || search.hops.length === maxHops)
    throw new DiscoveryFailure('endless', search.hops);
  search.visited.add(url.href);
  const fail: Fail = (failure, status) => {
    search.hops.push({ url: url.href, failure, ...(status !== undefined && { status }) });
    return undefined;
  };

  let answer: UpstreamAnswer;
  try {
    answer = await send({ method: 'GET', url, headers: { accept: 'application/json' } }, signal);
  } catch (error) {
    if (!(error instanceof UpstreamFailure) || signal.aborted) throw error;
    return fail(error.code === 'too-large' ? 'the answer is too large' : `no answer (${error.code})`);
  }
  const { status } = answer;
  if (status >= 300 && status < 400) {
    // Judged by the domain of the autodiscovery service, which is the SIP domain; http is never gone back to.
    const location = answer.headers.location ?? '';
    const target = /^http:/i.test(location) ? undefined : resolvePlatformLink(location, url, trust);
    if (!target || !isSameDomain(target, search.domain)) return fail('redirects to another domain or to http', status);
    search.hops.push({ url: url.href, status });
    return ask(options, search, target, signal);
  }
  if (status === 410) throw new DiscoveryFailure('no-pool', [...search.hops, { url: url.href, status }]);
  if (status !== 200) return fail('refuses', status);
  const links = await parseDiscovery(answer.body);
  if (!links) return fail('is not an autodiscovery answer', status);
  return followLinks(options, search, url, links, signal, fail);
}

/** A redirect wins over a user link, unless it leads back to where we were and there is a user link (§7.4). */
async function followLinks(
  options: AutodiscoveryOptions,
  search: Search,
  url: URL,
  links: DiscoveryLinks,
  signal: AbortSignal,
  fail: Fail,
): Promise<Outcome> {
  if (links.unusable !== undefined) return fail(`has a ${links.unusable} link without href`, 200);
  const user = links.user === undefined ? undefined : resolvePlatformLink(links.user, url, options.trust);
  if (links.redirect !== undefined) {
    const target = redirectTarget(options, search, url, links.redirect);
    if (!(search.visited.has(target.href) && user)) {
      search.hops.push({ url: url.href, status: 200 });
      return ask(options, search, target, signal);
    }
  }
  // Over plain http nothing but a redirect is believed.
  if (!user || url.protocol === 'http:') return fail('has no usable user link', 200);
  search.hops.push({ url: url.href, status: 200 });
  return user;
}

function redirectTarget({ trust }: AutodiscoveryOptions, search: Search, from: URL, href: string): URL {
  const hops = [...search.hops, { url: from.href, status: 200, failure: 'its redirect is not followed' }];
  if (isHomedOnline(href)) throw new DiscoveryFailure('homed-online', hops);
  const target = resolvePlatformLink(href, from, trust);
  if (target && passesSecurityCheck(from, target, search.domain, trust)) return target;
  const blockedHost = URL.canParse(href, from.href) ? new URL(href, from).host : '';
  throw new DiscoveryFailure('redirect-blocked', hops, blockedHost || undefined);
}

function within(timeoutMs: number, send: Transport): Transport {
  return (request, signal) => send(request, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
}
