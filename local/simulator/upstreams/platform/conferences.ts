import { meetingDomains } from '../../hostNames.ts';
import type { AccessLevel, CreatedMeeting, PlatformState } from './behaviour.ts';

/**
 * The conference of a URL `https://<meeting host>/<tenant>/<user>/<id>`; undefined if the URL has another form. It is
 * `sip:<user>@<tenant>.<suffix>;gruu;opaque=app:conf:focus:id:<id>`, in the URL's own letter case
 * (trusted-application-api.md §2).
 */
export function conferenceUriOf(meetingUrl: string): string | undefined {
  if (!URL.canParse(meetingUrl)) return undefined;
  const url = new URL(meetingUrl);
  const domain = meetingDomains[url.host];
  const [tenant, user, id, more] = url.pathname.split('/').filter(Boolean);
  if (url.protocol !== 'https:' || url.username || !domain || !tenant || !user || !id || more) return undefined;
  return `sip:${user}@${tenant}.${domain};gruu;opaque=app:conf:focus:id:${id}`;
}

/** Conference URIs are compared without regard to letter case: join URLs and tokens spell them differently. */
export function isSameConference(one: string | undefined, other: string | undefined): boolean {
  return one?.toLowerCase() === other?.toLowerCase();
}

/** The level that an ad-hoc meeting was created with; undefined if the conference is none. */
export function accessLevelOf(platform: PlatformState, conferenceUri: string): AccessLevel | undefined {
  return createdMeeting(platform, conferenceUri)?.accessLevel;
}

/** Whether a conference can be joined: neither unknown nor an ad-hoc meeting that has expired. @param now epoch ms */
export function isKnownMeeting(platform: PlatformState, conferenceUri: string, now: number): boolean {
  const isUnknown = platform.unknownMeetings.some((url) => isSameConference(conferenceUriOf(url), conferenceUri));
  return !isUnknown && (createdMeeting(platform, conferenceUri)?.expiresAt ?? Infinity) > now;
}

function createdMeeting({ meetings }: PlatformState, conferenceUri: string): CreatedMeeting | undefined {
  return meetings.find(({ onlineMeetingUri }) => isSameConference(onlineMeetingUri, conferenceUri));
}
