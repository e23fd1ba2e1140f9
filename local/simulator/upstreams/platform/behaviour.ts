/** Who may enter directly: with `Everyone` guests do, with every other level they wait in the lobby (ucwa.md §3.3). */
export const accessLevels = ['None', 'SameEnterprise', 'Locked', 'Invited', 'Everyone'] as const;

/** One of {@link accessLevels}. */
export type AccessLevel = (typeof accessLevels)[number];

/** How the platform service answers. It can be changed at run time; a change holds from the next request on. */
export interface PlatformBehaviour {
  /**
   * The prefix of relations: `service:` for everybody, `ms:rtc:saas:` for internal partners (trusted-application-api.md
   * trusted-application-api.md §1.3).
   */
  namespace: 'service:' | 'ms:rtc:saas:';
  /**
   * Where links stand: in `_links`, in `_embedded.X._links.self`, or at the top level (trusted-application-api.md §8,
   * row 2).
   */
  linkPlace: 'links' | 'embedded' | 'top-level';
  /**
   * The form of the links to the application, its tokens and its meetings; others are always absolute
   * (trusted-application-api.md §1.4).
   */
  hrefs: 'relative' | 'absolute';
  /**
   * By media type: ISO in `vnd.microsoft.com.ucwa+json`, AJAX in `application/json` (trusted-application-api.md §1.3).
   * Or always the one named.
   */
  dateForm: 'by-media-type' | 'iso' | 'ajax' | 'ajax-escaped';
  /** A byte order mark before every JSON body. */
  bom: boolean;
  /** The docs say 200, the SDK's mock says 201 (trusted-application-api.md §1.9). */
  tokenStatus: 200 | 201;
  /** The same of a meeting that was created (trusted-application-api.md §7.2). */
  meetingStatus: 200 | 201;
  /** As many meetings that have not expired yet: the next one is refused with 409 TooManyOnlineMeetings. */
  meetingLimit?: number | undefined;
  /**
   * A 307 in answer to a token request with a meeting, and to the request to create one (trusted-application-api.md
   * trusted-application-api.md §1.10): to the home pool; to a foreign host; to the pool over plain http; or round in a
   * circle of pools.
   */
  redirect: 'none' | 'pool' | 'foreign' | 'http' | 'loop';
  /**
   * Links and embedded resources to leave out, by local name: `applications`, `anonApplicationTokens`, … Without
   * `adhocMeetings` none are created either: the permission was not granted (trusted-application-api.md §1.8).
   */
  missingLinks: string[];
  /** Stands verbatim in place of the guest's discover link. */
  discoverLink?: string | undefined;
  tokenLifetimeSeconds: number;
  /**
   * False: the application or its endpoint is not registered or consented: 403 below `applications`
   * (trusted-application-api.md §1.7).
   */
  registered: boolean;
  /**
   * Whether that 403 has the subcode ApplicationNotFound; the one that was observed had none
   * (trusted-application-api.md §1.11).
   */
  forbiddenSubcode: boolean;
  /** After a change the application is at another path, and its old path answers 404. */
  applicationId: string;
  /** Meeting URLs, byte for byte, that name no meeting. Any other well-formed one at a meeting host does. */
  unknownMeetings: string[];
  requireAuthOnDiscover: boolean;
}

/** A guest token that was handed out. */
interface IssuedToken {
  /** As sent; the same value again is the same guest. */
  applicationSessionId?: string | undefined;
  meetingUrl?: string | undefined;
  token: string;
  /** Milliseconds since the epoch, by the simulator's clock. */
  at: number;
}

/** The platform's behaviour, and its records of issued tokens and created meetings (the newest 10,000 of each). */
export interface PlatformState extends PlatformBehaviour {
  readonly issued: IssuedToken[];
  readonly meetings: CreatedMeeting[];
}

/** The behaviour of a healthy platform that follows the captures, in the public dialect. */
export function usualBehaviour(): PlatformBehaviour {
  return {
    namespace: 'service:',
    linkPlace: 'links',
    hrefs: 'relative',
    dateForm: 'by-media-type',
    bom: false,
    tokenStatus: 200,
    meetingStatus: 200,
    meetingLimit: undefined,
    redirect: 'none',
    missingLinks: [],
    discoverLink: undefined,
    tokenLifetimeSeconds: 28_800,
    registered: true,
    forbiddenSubcode: true,
    applicationId: '1627259584',
    unknownMeetings: [],
    requireAuthOnDiscover: true,
  };
}

/** What can be asked of an ad-hoc meeting (trusted-application-api.md §7.1), with the defaults of what was not. */
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
