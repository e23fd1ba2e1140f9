/** Hosts that a URL from outside may name: `host` itself and every name below it, on `port` ('' is the default, 443). */
export interface HostRule {
  readonly host: string;
  readonly port: string;
}

const hostName = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const allDigits = /^[0-9.]+$/;

/** Reads one entry of a host list, `lync.com` or `pool.contoso.com:8443`; undefined if it is not one. */
export function parseHostRule(text: string): HostRule | undefined {
  const match = /^([^:]+)(?::([1-9][0-9]{0,4}))?$/.exec(text.toLowerCase());
  const [, host = '', port = ''] = match ?? [];
  if (!hostName.test(host) || allDigits.test(host) || Number(port) > 65_535) return undefined;
  return { host, port: port === '443' ? '' : port };
}

/** Whether the rules cover the host and the port of `url`, at a label boundary. */
export function isHostAllowed(url: URL, rules: readonly HostRule[]): boolean {
  return rules.some(
    ({ host, port }) => url.port === port && (url.hostname === host || url.hostname.endsWith(`.${host}`)),
  );
}

const printableAscii = /^[\x21-\x7e]+$/;
const httpsUrl = /^https:\/\/([^/?#]+)([^?#]*)/i;
const loopbackName = /(?:^|\.)localhost$/;
// A dot segment, spelt out or percent-encoded: every parser moves it elsewhere.
const dotSegment = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i;

/**
 * The parsed form of a URL that came from outside, or undefined if it is not plainly what it seems: https, a DNS name
 * (no address, no trailing dot, not this machine), no userinfo, no backslash, no dot segments, printable ASCII. Tested
 * on the raw string first, because parsers disagree on the rest. Host and port are for {@link isHostAllowed}.
 */
export function parseHttpsUrl(raw: string): URL | undefined {
  if (!printableAscii.test(raw) || raw.includes('\\')) return undefined;
  const [, authority = '', path = ''] = httpsUrl.exec(raw) ?? [];
  if (authority === '' || authority.includes('@') || dotSegment.test(path)) return undefined;
  if (!URL.canParse(raw)) return undefined;
  const url = new URL(raw);
  // What the parser made of the host must be what was written: `%2e`, `0x7f.1` and the like change on the way.
  if (authority.toLowerCase().replace(/:443$/, '') !== url.host) return undefined;
  return parseHostRule(url.host) && !loopbackName.test(url.hostname) ? url : undefined;
}

/** {@link parseHttpsUrl}, and within the rules; undefined otherwise. */
export function parseAllowedUrl(raw: string, rules: readonly HostRule[]): URL | undefined {
  const url = parseHttpsUrl(raw);
  return url && isHostAllowed(url, rules) ? url : undefined;
}

/** A link in an answer, absolute or relative to `base` (the URL that was asked); undefined if it leaves the rules. */
export function resolveLink(href: string, base: URL, rules: readonly HostRule[]): URL | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(href)) return parseAllowedUrl(href, rules);
  if (!printableAscii.test(href) || href.includes('\\') || !URL.canParse(href, base.href)) return undefined;
  return parseAllowedUrl(new URL(href, base).href, rules);
}
