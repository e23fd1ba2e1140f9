import type { AccessLevel } from '../meetings/behaviour.ts';
import { isSameConference } from '../meetings/conference.ts';
import type { PlatformState } from './behaviour.ts';
import type { CreatedMeeting } from './createdMeeting.ts';
import { readMeeting } from './meeting.ts';

/** The level that an ad-hoc meeting was created with; undefined if the conference is none. */
export function accessLevelOf(platform: PlatformState, conferenceUri: string): AccessLevel | undefined {
  return createdMeeting(platform, conferenceUri)?.accessLevel;
}

/** Whether a conference can be joined: neither unknown nor an ad-hoc meeting that has expired. @param now epoch ms */
export function isKnownMeeting(platform: PlatformState, conferenceUri: string, now: number): boolean {
  const isUnknown = platform.unknownMeetings.some((url) =>
    isSameConference(readMeeting(url)?.conferenceUri, conferenceUri),
  );
  return !isUnknown && (createdMeeting(platform, conferenceUri)?.expiresAt ?? Infinity) > now;
}

function createdMeeting({ meetings }: PlatformState, conferenceUri: string): CreatedMeeting | undefined {
  return meetings.find(({ onlineMeetingUri }) => isSameConference(onlineMeetingUri, conferenceUri));
}
