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
  /** The https join URL, byte for byte as given. */
  readonly meetingUrl: string;
  /** Origins that the token admits. */
  readonly allowedOrigins: readonly string[];
}

/** What a guest's app needs to join. All URLs are verbatim from the platform, and within its hosts. */
export interface Join {
  /** Without `Bearer `; opaque. */
  readonly token: string;
  readonly expiryTime: Date;
  /** Where a guest's app begins on the Skype platforms. */
  readonly discoverUrl?: string;
  readonly applicationsUrl?: string;
  readonly conferenceUri?: string;
  /** What the guest's row keeps, as {@link MeetingPlatform.identity} says. */
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
  /** The platform that shall hold it. Default: the first configured one that creates meetings. */
  readonly platform?: string | undefined;
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
  /** The SIP URI of the conference; the Skype platforms have one. */
  readonly onlineMeetingUri?: string | undefined;
  readonly conferenceId?: string | undefined;
  /** The SIP URI of an account of the platform's own, not of anybody in the tenant. */
  readonly organizerUri?: string | undefined;
  readonly expiryTime: Date;
}

/** One step of a health check, in the order in which they are tried. */
export interface HealthStep {
  readonly name: string;
  readonly outcome: 'pass' | 'warn' | 'fail';
  readonly latencyMs: number;
  /** What the administrator can do about it; a fixed sentence, never upstream text. */
  readonly action?: string;
  /** Of a step that failed: the typed failure of the adapter, for whoever words it in another way. Never stored. */
  readonly failure?: unknown;
}

/** A meeting as its link names it. */
export interface MeetingLink {
  /** One for each meeting and form of link, whatever the spelling: links with equal keys lead into the same meeting. */
  readonly meetingKey: string;
  /** The link in its canonical spelling, where the guest's app needs it. */
  readonly meetingLink?: string;
}

/** Why a link of this platform leads into no meeting that guests can join. */
export interface LinkRefusal {
  readonly code: 'meeting-url-not-supported' | 'meeting-url-incomplete';
  /** What is wrong with the link, as a sentence for the person who sent it. */
  readonly detail: string;
  readonly nextStep: string;
}

/** The port: all that the service knows of a meeting platform. Methods throw problems (lib/problem.ts). */
export interface MeetingPlatform {
  readonly name: string;
  /**
   * What the guest's row keeps so that the platform knows the guest again. `none`: nothing, the session id is enough.
   * `stored`: an identity that stays the same. `replaced`: the platform's last answer, which each new answer replaces.
   */
  readonly identity: 'none' | 'stored' | 'replaced';
  readonly longestTokenLifeSeconds: number;
  /** Reads a link without any I/O; undefined if it belongs to another platform. */
  readLink(meetingUrl: URL): MeetingLink | LinkRefusal | undefined;
  issue(guest: PlatformGuest, signal: AbortSignal): Promise<Join>;
  reissue(guest: PlatformGuest, identity: string | undefined, signal: AbortSignal): Promise<Join>;
  /** Ends an identity that outlives our rows; absent where the platform has none. */
  forget?(identity: string, signal: AbortSignal): Promise<void>;
  /**
   * Creates a meeting; absent where the platform cannot. A request that may have been carried out is never sent again:
   * there may be a meeting after an {@link Unconfirmed} problem, and there is none after any other.
   * @param requestId names the request: the same for each try of it
   */
  createMeeting?(meeting: MeetingRequest, requestId: string, signal: AbortSignal): Promise<Meeting>;
  /** Tries each step of the platform's discovery past all caches and breakers. A failure is a step's outcome: never throws. */
  check(signal: AbortSignal): Promise<HealthStep[]>;
  /**
   * Does what a guest does short of joining, past all caches and breakers, and ends what it created. The guest has to be a
   * new one. Absent where the platform cannot. Never throws.
   */
  probeJoin?(guest: PlatformGuest, signal: AbortSignal): Promise<HealthStep[]>;
}
