/** A conference as UCWA names it: who organizes it, and the focus that guests join (docs/protocol/ucwa.md §7.1). */
export interface ConferenceUri {
  /** Canonical: `sip:<user>@<domain>;gruu;opaque=app:conf:focus:id:<id>`; user and id in the case that they came in. */
  readonly uri: string;
  /** The organizer's SIP URI, lower-case: what discovery is about, and the key of its cache. */
  readonly organizer: string;
  /** The SIP domain, lower-case. */
  readonly domain: string;
}

const domainLabel = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const domainName = new RegExp(`^(?=.{1,253}$)(?:${domainLabel}\\.)+(?![0-9]+$)${domainLabel}$`);
const conference =
  /^sip:([A-Za-z0-9._+-]{1,64})@([^;@ ]+) *; *gruu *; *opaque=app:conf:focus:id:([A-Za-z0-9_-]{1,64})$/i;

/** A SIP domain in lower-case: a DNS name, neither address nor port; undefined otherwise. */
export function parseSipDomain(text: string): string | undefined {
  const domain = text.toLowerCase();
  return domainName.test(domain) ? domain : undefined;
}

/**
 * Reads a conference URI. A blank before `gruu`, which the documents print, is dropped; `conf:sip:…` loses its wrapping,
 * and any form what follows a `?`.
 * Undefined for everything else, such as the documents' corrupt `sip%John%contoso.com`.
 */
export function parseConferenceUri(text: string): ConferenceUri | undefined {
  const [unwrapped = ''] = text.replace(/^conf:/i, '').split('?', 1);
  const [, user, host, id] = conference.exec(unwrapped) ?? [];
  const domain = host && parseSipDomain(host);
  return user && domain && id ? conferenceOf(user, domain, id) : undefined;
}

/** The conference `id` of `user` in a SIP domain that was checked before. */
export function conferenceOf(user: string, domain: string, id: string): ConferenceUri {
  return {
    uri: `sip:${user}@${domain};gruu;opaque=app:conf:focus:id:${id}`,
    organizer: `sip:${user}@${domain}`.toLowerCase(),
    domain,
  };
}
