/** A guest in a meeting, for browsers and Node, without dependencies: client/guest/README.md. */
import type { Send } from '../answer.ts';
import { systemClock, type Clock } from '../clock.ts';
import type { GuestDetails } from './application.ts';
import { isUsable, type GuestToken } from './guestToken.ts';
import type { Rejoin } from './tokenSource.ts';
import { GuestSession } from './session.ts';
import type { ReconnectLimits } from './reconnectPolicy.ts';

export type { Send } from '../answer.ts';
export type { Clock } from '../clock.ts';
export type { GuestToken, NextGuestToken } from './guestToken.ts';
export type { Rejoin } from './tokenSource.ts';
export type { GuestReason } from './reason.ts';
export type { GuestSession } from './session.ts';
export type { ReconnectLimits } from './reconnectPolicy.ts';
export type { GuestChange, GuestState, GuestStep, Refusal, Waiting } from './state.ts';

/** What a guest needs to join; tokens and how to get another one are a must. */
export interface JoinOptions {
  /** The service's answer to the request for an anonymous token. */
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
  /** Sends instead of the platform's own fetch: to go through a proxy, or to watch. */
  readonly fetch?: Send | undefined;
  readonly clock?: Clock | undefined;
  /** From 0 up to 1; spreads pauses and renewals. */
  readonly random?: (() => number) | undefined;
  /** Leaves when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Takes a guest into a meeting and keeps it there, as the same participant, through drops of the connection. Throws a
 * TypeError for options that cannot work; everything after that is a state of the session.
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

// Longer ones are refused by the platform (docs/protocol/ucwa.md §3.1, §3.2).
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
