import { isHostAllowed, parseAllowedUrl, resolveLink } from '../../hostRules.ts';
import type { Transport } from '../../net/transport.ts';
import type { Hop } from './failure.ts';
import type { UcwaSettings, UcwaTrust } from './settings.ts';
import type { Grant } from './webTicket.ts';

/** What a search needs. `G` is a whole grant where tickets are asked for; its kind is enough to read a challenge. */
export interface SearchOptions<G> extends Pick<UcwaSettings, 'trust' | 'tiers' | 'httpFirstHop'> {
  /** The SIP domain that redirects are judged by. */
  readonly domain: string;
  readonly grant: G;
  readonly send: Transport;
  /** Ms since 1970. */
  readonly now: () => number;
  /** A server that reports an error of its own is not asked again. */
  readonly once?: boolean;
  readonly signal: AbortSignal;
}

/** One search for the servers of one organizer: its hops count together, before and after authentication. */
export interface Search<G = Pick<Grant, 'kind'>> extends SearchOptions<G> {
  readonly hops: Hop[];
  /** The URLs on the way from one root; another tier may lead to the same servers. */
  readonly visited: Set<string>;
}

/** A search that has asked nobody yet. */
export function beginSearch<G>(options: SearchOptions<G>): Search<G> {
  return { ...options, hops: [], visited: new Set() };
}

/** Whether a host is the SIP domain itself or below it (docs/protocol/ucwa.md §7.2). */
export function isSameDomain(url: URL, domain: string): boolean {
  const hostname = url.hostname.replace(/\.$/, '');
  return isHostAllowed(new URL(`https://${hostname}`), [{ host: domain, port: '' }]);
}

/** Microsoft's own cloud: on-premises tokens are of no use there. */
export function isHomedOnline(href: string): boolean {
  return URL.canParse(href) && /(?:^|\.)online\.lync\.com$/i.test(new URL(href).hostname);
}

type Trusting = Pick<Search, 'domain' | 'trust'>;

/** Whether a host is of the sign-in domain, of a trusted domain, or approved for this SIP domain. */
function isTrusted(url: URL, { domain, trust }: Trusting): boolean {
  return (
    isSameDomain(url, domain) ||
    isHostAllowed(url, trust.trustedDomains) ||
    (trust.approvedHosts.get(domain)?.includes(url.host) ?? false)
  );
}

/**
 * The security check before a redirect is followed, in the order of the drawing (seed "Root URL", step 6): passed if the
 * answer came over https, or if the target is trusted. On a server nobody can be asked: what does not pass is not followed.
 */
export function passesSecurityCheck(from: URL, target: URL, search: Trusting): boolean {
  return from.protocol === 'https:' || isTrusted(target, search);
}

/** A link of an answer as an https URL within the platform's hosts; an http one is asked for over https instead. */
export function resolvePlatformLink(href: string, base: URL, trust: UcwaTrust): URL | undefined {
  const secureBase = new URL(base);
  secureBase.protocol = 'https:';
  return resolveLink(href.replace(/^http:\/\//i, 'https://'), secureBase, trust.hosts);
}

/**
 * A token endpoint that a conference key may be sent to (docs/protocol/ucwa.md §7.8): https, within the hosts, and never
 * upgraded from http.
 */
export function resolveTokenEndpoint(href: string, challengedBy: URL, search: Trusting): URL | undefined {
  const { hosts } = search.trust;
  const endpoint = resolveLink(href, challengedBy, hosts);
  if (!endpoint || !parseAllowedUrl(endpoint.href, hosts)) return undefined;
  return endpoint.host === challengedBy.host || isTrusted(endpoint, search) ? endpoint : undefined;
}
