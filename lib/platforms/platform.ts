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
  /** Walks the platform's discovery past all caches and breakers. Never throws: a failure is a step's outcome. */
  check(signal: AbortSignal): Promise<HealthStep[]>;
}
