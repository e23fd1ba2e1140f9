/** The invented hosts behind the one platform listener; the shape of each name follows the protocol document §1.1. */
export const platformHosts = {
  /** The documented discover host. */
  discover: 'api.skype.example',
  /** The host of the discover links that guests are given; it serves the same discover resource. */
  guestDiscover: 'noammeetings.resources.lync.example',
  /** Serves applications, application and anonApplicationTokens. */
  ring: 'ring0.resources.lync.example',
  /** The home pool of every meeting. */
  homePool: 'webpool01.infra.lync.example',
  otherPool: 'webpool02.infra.lync.example',
  /** Ends in the same letters as a trusted suffix, but not at a label: no credential may ever arrive here. */
  foreign: 'evil-lync.example',
  /** Takes the alerts that the service posts. */
  hooks: 'hooks.example',
} as const;

/** The host suffixes to which the platform token may go. */
export const trustedSuffixes: readonly string[] = ['skype.example', 'resources.lync.example', 'infra.lync.example'];

/** The hosts of meeting URLs, each with the SIP domain suffix of its conference URIs (§2, "Observation"). */
export const meetingDomains: Readonly<Record<string, string>> = {
  'meet.lync.example': 'onmicrosoft.example',
  'meet.resources.lync.example': 'lync.example',
};

/** The names that the simulator's certificate has to cover. */
export const simulatorHostNames: readonly string[] = [
  'localhost',
  '*.skype.example',
  '*.lync.example',
  '*.resources.lync.example',
  '*.infra.lync.example',
  platformHosts.foreign,
  platformHosts.hooks,
];
