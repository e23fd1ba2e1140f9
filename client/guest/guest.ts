/** A guest in a meeting, for browsers and Node, without dependencies: client/guest/README.md. */
import { systemClock, type Clock } from '../clock.ts';
import type { Send } from '../http.ts';
import type { GuestDetails } from './application.ts';
import { isUsable, type GuestToken } from './guestToken.ts';
import type { ReconnectLimits } from './reconnectPolicy.ts';
import { GuestSession } from './session.ts';
import type { Rejoin } from './tokenSource.ts';

export type { Clock } from '../clock.ts';
export type { Send } from '../http.ts';
export type { GuestReason, Refusal } from './failure.ts';
export type { GuestToken, NextGuestToken } from './guestToken.ts';
export type { ReconnectLimits } from './reconnectPolicy.ts';
export type { GuestSession } from './session.ts';
export type { GuestChange, GuestState, GuestStep, Waiting } from './state.ts';
export type { Rejoin } from './tokenSource.ts';

/** What a guest needs to join; `join`, `rejoin` and `displayName` have no default. */
export interface JoinOptions {
  /** The service's answer to the request for an anonymous token. Without a URL to join at the session fails (`unusable-answer`). */
  readonly join: GuestToken;
  /** Asks for a rejoin token: of the service, or of the advisor's back end. */
  readonly rejoin: Rejoin;
  /** What others see; 1 to 250 characters. */
  readonly displayName: string;
  /** Such as `de-CH`; up to 100 characters. Default: `en-US`. */
  readonly culture?: string | undefined;
  /** Names the app to the platform; up to 100 characters. Default: `anonymous-join`. */
  readonly userAgent?: string | undefined;
  readonly reconnect?: ReconnectLimits | undefined;
  /** Sends instead of the platform's own fetch, for example through a proxy. */
  readonly fetch?: Send | undefined;
  readonly clock?: Clock | undefined;
  /** From 0 up to 1; spreads pauses and renewals. */
  readonly random?: (() => number) | undefined;
  /** Leaves when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Takes a guest into a meeting, and brings it back as the same participant when the connection drops. Throws a TypeError for
 * options that cannot work; everything that happens later is a state of the session.
 *
 * @example
 * const join = await client.issue({ meetingUrl });
 * const { applicationSessionId } = join;
 * const session = joinMeeting({
 *   join,
 *   rejoin: (options) => client.rejoin({ applicationSessionId }, options),
 *   displayName: 'Dana',
 * });
 * session.subscribe(({ step, state }) => show(step, state));
 */
export function joinMeeting(options: JoinOptions): GuestSession {
  const { join, rejoin, reconnect = {}, fetch, clock = systemClock, random = Math.random, signal } = options;
  if (!isUsable(join)) throw new TypeError('join is an answer of the service, with a token and https URLs');
  const details = detailsOf(options);
  return new GuestSession({ join, rejoin, details, reconnect, fetch, clock, random, signal });
}

// The platform refuses longer ones (docs/protocol/ucwa.md §3.1 and §3.2).
const longest = { displayName: 250, culture: 100, userAgent: 100 };

function detailsOf({ displayName, culture = 'en-US', userAgent = 'anonymous-join' }: JoinOptions): GuestDetails {
  const details = { displayName, culture, userAgent };
  for (const name of ['displayName', 'culture', 'userAgent'] as const) {
    if (details[name] === '' || details[name].length > longest[name]) {
      throw new TypeError(`${name} has 1 to ${longest[name]} characters`);
    }
  }
  return details;
}
