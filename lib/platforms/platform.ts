import { Problem } from '../problem.ts';

/** A problem after which nobody knows whether the platform carried the request out. */
export class Unconfirmed extends Problem {
  constructor(problem: Problem) {
    super(problem.code, problem.message, problem);
  }
}

/** A guest in one meeting, as a platform needs to know them. */
export interface PlatformGuest {
  readonly applicationSessionId: string;
  /** The https join URL, byte for byte as first given. */
  readonly meetingUrl: string;
  /** Origins that the token admits. */
  readonly allowedOrigins: readonly string[];
}

/** What a guest's app needs to join. All URLs are verbatim from the platform, and within its hosts. */
export interface Join {
  /** Without `Bearer `; opaque. */
  readonly token: string;
  readonly expiryTime: Date;
  readonly discoverUrl: string;
  readonly applicationsUrl?: string;
  readonly conferenceUri?: string;
  /** What a `by-last-answer` platform needs in order to recognise the guest next time. */
  readonly identity?: string;
  /** Whether this is the participant that the earlier tokens were for. */
  readonly identityPreserved: boolean;
}

/** What a meeting's options may say; each platform knows them by these words. */
export const meetingOptionValues = {
  accessLevel: ['None', 'SameEnterprise', 'Locked', 'Invited', 'Everyone'],
  automaticLeaderAssignment: ['Disabled', 'SameEnterprise', 'Everyone'],
  entryExitAnnouncement: ['Unsupported', 'Disabled', 'Enabled'],
  lobbyBypassForPhoneUsers: ['Disabled', 'Enabled'],
  phoneUserAdmission: ['Disabled', 'Enabled'],
} as const;

type ValueOf<Option extends keyof typeof meetingOptionValues> = (typeof meetingOptionValues)[Option][number];

/** An ad-hoc meeting to create; what is left out is the platform's to choose. */
export interface MeetingRequest {
  readonly subject?: string | undefined;
  readonly description?: string | undefined;
  /** Who comes in without waiting in the lobby. Default: Everyone, because the meeting is for guests. */
  readonly accessLevel?: ValueOf<'accessLevel'> | undefined;
  readonly automaticLeaderAssignment?: ValueOf<'automaticLeaderAssignment'> | undefined;
  readonly entryExitAnnouncement?: ValueOf<'entryExitAnnouncement'> | undefined;
  readonly lobbyBypassForPhoneUsers?: ValueOf<'lobbyBypassForPhoneUsers'> | undefined;
  readonly phoneUserAdmission?: ValueOf<'phoneUserAdmission'> | undefined;
  /** SIP URIs of members of the organisation, as are those of the leaders. */
  readonly attendees?: readonly string[] | undefined;
  readonly leaders?: readonly string[] | undefined;
  readonly expirationTime?: Date | undefined;
}

/** A meeting that was created. */
export interface Meeting {
  /** The https join URL, verbatim, at one of the platform's meeting hosts. */
  readonly meetingUrl: string;
  /** The SIP URI of the conference. */
  readonly onlineMeetingUri: string;
  readonly conferenceId: string;
  /** An account of the platform's own, not of anybody in the tenant. */
  readonly organizerUri: string;
  readonly expiryTime: Date;
}

/** One step of a health check, in the order of the walk. */
export interface HealthStep {
  readonly name: string;
  readonly outcome: 'pass' | 'warn' | 'fail';
  readonly latencyMs: number;
  /** What the administrator can do about it; a fixed sentence, never upstream text. */
  readonly action?: string;
}

/** The port: all that the service knows of a meeting platform. Methods throw problems (lib/problem.ts). */
export interface MeetingPlatform {
  readonly name: string;
  /** How the same guest is asked for again: by the session id that is always sent, or by the platform's last answer. */
  readonly keepsIdentity: 'by-session-id' | 'by-last-answer';
  readonly longestTokenLifeSeconds: number;
  accepts(meetingUrl: URL): boolean;
  issue(guest: PlatformGuest, signal: AbortSignal): Promise<Join>;
  reissue(guest: PlatformGuest, identity: string | undefined, signal: AbortSignal): Promise<Join>;
  /**
   * Creates a meeting; absent where the platform cannot. It is never sent twice if the first may have been carried out:
   * there may be a meeting after an {@link Unconfirmed} problem; after any other one there is none.
   */
  createMeeting?(meeting: MeetingRequest, signal: AbortSignal): Promise<Meeting>;
  /** Walks the platform's discovery past all caches and breakers. Never throws: a failure is a step's outcome. */
  check(signal: AbortSignal): Promise<HealthStep[]>;
  /**
   * Does all that a guest does short of joining, past all caches and breakers, and leaves no trace of it: a token for the
   * guest, who has to be a new one, its application, and the end of that. Absent where the platform cannot. Never throws.
   */
  rehearse?(guest: PlatformGuest, signal: AbortSignal): Promise<HealthStep[]>;
}
