import { deploymentHosts, type SipDomain } from '../../hostNames.ts';

/**
 * What the meeting host answers to a client that asks for XML: the conference document; a web page; 404; a document
 * with a DTD and entities; one in another namespace; one without conf-uri; one whose organizer belongs to the other
 * deployment; a redirect to a foreign host.
 */
export const meetingPages = [
  'conf-info',
  'html',
  'not-found',
  'dtd',
  'wrong-namespace',
  'no-conf-uri',
  'other-domain',
  'redirect-foreign',
] as const;

/** Where an organizer's home is: on the pool of the web services, on the second pool, online, or nowhere (404). */
export const meetingHomes = ['here', 'other-pool', 'online', 'unknown'] as const;

/** A meeting on premises. */
export interface OnPremisesMeeting {
  /** The join URL, without a query. */
  url: string;
  /** `sip:<organizer>;gruu;opaque=app:conf:focus:id:<conference id>`. */
  conferenceUri: string;
  conferenceKey: string;
  page: (typeof meetingPages)[number];
  /** The organizer's. */
  home: (typeof meetingHomes)[number];
}

/**
 * What a deployment starts with: the documents' two examples, of which the second can't be guessed from its URL, as
 * neither the organizer nor the key stands there; and one of an organizer who has moved to the cloud.
 */
export function usualMeetings(domain: SipDomain): OnPremisesMeeting[] {
  const meeting = (
    [alias, id]: [string, string],
    organizer: string,
    conferenceKey: string,
    home: OnPremisesMeeting['home'] = 'here',
  ): OnPremisesMeeting => ({
    url: `https://${deploymentHosts(domain).meet}/${alias}/${id}`,
    conferenceUri: `sip:${organizer}@${domain};gruu;opaque=app:conf:focus:id:${id}`,
    conferenceKey,
    page: 'conf-info',
    home,
  });
  return [
    meeting(['john', '5LB7MRBC'], 'john', '5LB7MRBC'),
    meeting(['danab', 'PYC58WSY'], 'Dana', 'G03W98W4'),
    meeting(['olga', '7QX2M4HD'], 'olga', '7QX2M4HD', 'online'),
  ];
}

/** Puts a conference URI into a form to compare: the organizer in lower case, the conference id as it is. */
export function comparable(conferenceUri: string): string {
  const [organizer = '', ...rest] = conferenceUri.split(';');
  return [organizer.toLowerCase(), ...rest].join(';');
}

/** The meeting of a conference URI, if it belongs to the SIP domain. */
export function findMeeting(
  meetings: readonly OnPremisesMeeting[],
  domain: SipDomain,
  conferenceUri: string,
): OnPremisesMeeting | undefined {
  const wanted = comparable(conferenceUri);
  if (!wanted.split(';')[0]?.endsWith(`@${domain}`)) return undefined;
  return meetings.find((meeting) => comparable(meeting.conferenceUri) === wanted);
}

/** Where the organizer is homed, if one of the meetings says so. @param address with or without `sip:` */
export function homeOf(meetings: readonly OnPremisesMeeting[], address: string): OnPremisesMeeting['home'] {
  const organizer = `sip:${address.replace(/^sip:/i, '').toLowerCase()};`;
  return meetings.find(({ conferenceUri }) => comparable(conferenceUri).startsWith(organizer))?.home ?? 'here';
}
