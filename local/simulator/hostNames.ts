/**
 * The invented hosts behind the one platform listener; the shape of each name follows the protocol document
 * trusted-application-api.md §1.1.
 */
export const platformHosts = {
  /** The documented discover host. */
  discover: 'api.skype.example',
  /** The host of the discover links that guests are given; it serves the same discover resource. */
  guestDiscover: 'noammeetings.resources.lync.example',
  /** Serves applications, application, anonApplicationTokens and adhocMeetings. */
  ring: 'ring0.resources.lync.example',
  /** The home pool of every meeting. */
  homePool: 'webpool01.infra.lync.example',
  otherPool: 'webpool02.infra.lync.example',
  /** Ends in the same letters as a trusted suffix, but not at a label: no credential may be sent here. */
  foreign: 'evil-lync.example',
  /** Takes the alerts that the service posts. */
  hooks: 'hooks.example',
} as const;

/** The host suffixes to which the platform token may go. */
export const trustedSuffixes: readonly string[] = ['skype.example', 'resources.lync.example', 'infra.lync.example'];

/**
 * The hosts of meeting URLs, each with the SIP domain suffix of its conference URIs (trusted-application-api.md §2,
 * "Observation").
 */
export const meetingDomains: Readonly<Record<string, string>> = {
  'meet.lync.example': 'onmicrosoft.example',
  'meet.resources.lync.example': 'lync.example',
};

/** The SIP domains of the deployments on premises, each a family of hosts behind the same listener. */
export const sipDomains = ['contoso.example', 'litware.example'] as const;

/** One of {@link sipDomains}. */
export type SipDomain = (typeof sipDomains)[number];

/** The hosts of one deployment on premises. */
export interface DeploymentHosts {
  /** The names that every client tries first, inside and outside of the organization's network. */
  discoverInternal: string;
  discover: string;
  /** The domain itself: some deployments redirect there. */
  bare: string;
  /** Web services: autodiscovery, web tickets, UCWA. */
  web: string;
  /** Two front-end pools, with the same services each and web tickets of their own. */
  pool1: string;
  pool2: string;
  meet: string;
  /**
   * Ends in the same letters as the domain, but not at a label. It answers as the others do, so that a client that
   * trusts it is detected.
   */
  foreign: string;
}

/** The hosts of a SIP domain. */
export function deploymentHosts(domain: SipDomain): DeploymentHosts {
  return {
    discoverInternal: `lyncdiscoverinternal.${domain}`,
    discover: `lyncdiscover.${domain}`,
    bare: domain,
    web: `lyncweb.${domain}`,
    pool1: `pool01.${domain}`,
    pool2: `pool02.${domain}`,
    meet: `meet.${domain}`,
    foreign: `evil-${domain}`,
  };
}

/** The suffixes of the hosts of organizers that are homed online: the real one, and one that no client knows. */
export const onlineSuffixes: readonly string[] = ['online.lync.com', 'online.lync.example'];

/** The names that the simulator's certificate has to cover. */
export const simulatorHostNames: readonly string[] = [
  'localhost',
  '*.skype.example',
  '*.lync.example',
  '*.resources.lync.example',
  '*.infra.lync.example',
  platformHosts.foreign,
  platformHosts.hooks,
  ...sipDomains.flatMap((domain) => [domain, `*.${domain}`, deploymentHosts(domain).foreign]),
  ...onlineSuffixes.map((suffix) => `*.${suffix}`),
];
