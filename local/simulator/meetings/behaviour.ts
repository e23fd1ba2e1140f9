import type { AccessLevel } from '../upstreams/platform/behaviour.ts';

/** Why an application is gone for good: a client shows it and does not start anew by itself (ucwa.md §3.5). */
export const goneSubcodes = ['TooManyApplications', 'InactiveApplicationExpired', 'UserAgentNotAllowed'] as const;

/** One of {@link goneSubcodes}. */
type GoneSubcode = (typeof goneSubcodes)[number];

/**
 * How the meetings of both platforms treat their guests. Tests change it at run time; a change holds from the next
 * request on.
 */
export interface MeetingBehaviour {
  /** The level of a meeting that was not created with one, at the moment when it opens. */
  accessLevel: AccessLevel;
  /** Whether a guest who was admitted and joins again has to be admitted again. */
  lobbyOnRejoin: boolean;
  /**
   * How long a guest waits in the lobby at most. That there is an end to it is documented, but not when (ucwa.md §3.3).
   */
  lobbySeconds?: number | undefined;
  /** The events of a join that succeeds: all of them, or nothing but the completed invitation. */
  joinEvents: 'usual' | 'completed-only';
  /** Withholds the 201 of a join until the client has acknowledged the events of it, if it is polling. */
  eventsBeforeAnswer: boolean;
  /** In place of every subcode in the reasons of events; an empty one is left out. */
  reasonSubcode?: string | undefined;
  /** Added to the query of every link to the event channel, as `key=…`; a poll without it is refused. */
  eventsQuery: string;
  /** No application is created, and those that have ended answer 410 with it instead of 404. */
  gone?: GoneSubcode | undefined;
  /** After so long without a poll conversations are closed, and the next poll is answered with `resume`. */
  absenceSeconds: number;
  /** After so long without a poll the application ends. */
  expirySeconds: number;
}

/** Healthy meetings that everybody may join. */
export function usualMeetingBehaviour(): MeetingBehaviour {
  return {
    accessLevel: 'Everyone',
    lobbyOnRejoin: false,
    lobbySeconds: undefined,
    joinEvents: 'usual',
    eventsBeforeAnswer: false,
    reasonSubcode: undefined,
    eventsQuery: '',
    gone: undefined,
    // Documented as "a long time" only (ucwa.md §3.4).
    absenceSeconds: 300,
    expirySeconds: 900,
  };
}
