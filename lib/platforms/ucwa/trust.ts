import { isHostAllowed, parseAllowedUrl, resolveLink } from '../../hostRules.ts';
import type { UcwaTrust } from './settings.ts';

/** Whether a host is the SIP domain itself or below it (docs/protocol/ucwa.md §7.2). */
export function isSameDomain(url: URL, domain: string): boolean {
  const hostname = url.hostname.replace(/\.$/, '');
  return isHostAllowed(new URL(`https://${hostname}`), [{ host: domain, port: '' }]);
}

/** Microsoft's own cloud: on-premises tokens are of no use there. */
export function isHomedOnline(href: string): boolean {
  return URL.canParse(href) && /(?:^|\.)online\.lync\.com$/i.test(new URL(href).hostname);
}

/**
 * The security check before a redirect is followed, in the order of the drawing (seed "Root URL", step 6): passed if the
 * answer came over https, or if the target is of the sign-in domain, of a trusted domain, or an approved host. On a server
 * nobody can be asked: what does not pass is not followed.
 */
export function passesSecurityCheck(from: URL, target: URL, domain: string, trust: UcwaTrust): boolean {
  if (from.protocol === 'https:') return true;
  return (
    isSameDomain(target, domain) ||
    isHostAllowed(target, trust.trustedDomains) ||
    (trust.approvedHosts.get(domain)?.includes(target.host) ?? false)
  );
}

/** A link of an answer as an https URL within the platform's hosts; an http one is asked for over https instead. */
export function resolvePlatformLink(href: string, base: URL, trust: UcwaTrust): URL | undefined {
  const secureBase = new URL(base);
  secureBase.protocol = 'https:';
  return resolveLink(href.replace(/^http:\/\//i, 'https://'), secureBase, trust.hosts);
}

/** A token endpoint that a conference key may be sent to (§7.8): https, within the hosts, and never upgraded from http. */
export function resolveTokenEndpoint(
  href: string,
  challengedBy: URL,
  domain: string,
  trust: UcwaTrust,
): URL | undefined {
  const endpoint = resolveLink(href, challengedBy, trust.hosts);
  if (!endpoint || !parseAllowedUrl(endpoint.href, trust.hosts)) return undefined;
  const expected =
    endpoint.host === challengedBy.host ||
    isSameDomain(endpoint, domain) ||
    isHostAllowed(endpoint, trust.trustedDomains) ||
    (trust.approvedHosts.get(domain)?.includes(endpoint.host) ?? false);
  return expected ? endpoint : undefined;
}
