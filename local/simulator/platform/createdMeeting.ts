import type { AccessLevel } from '../meetings/behaviour.ts';

/** What can be asked of an ad-hoc meeting (§7.1), with the defaults of what was not. */
export interface MeetingOptions {
  subject?: string | undefined;
  description?: string | undefined;
  accessLevel: AccessLevel;
  automaticLeaderAssignment: string;
  entryExitAnnouncement: string;
  lobbyBypassForPhoneUsers: string;
  phoneUserAdmission: string;
  attendees: string[];
  leaders: string[];
}

/** An ad-hoc meeting that was created. */
export interface CreatedMeeting extends MeetingOptions {
  /** Names a meeting like any other URL at a meeting host: tokens for it are given out. */
  joinUrl: string;
  conferenceId: string;
  organizerUri: string;
  onlineMeetingUri: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  /** Milliseconds since the epoch, by the simulator's clock. */
  at: number;
}
