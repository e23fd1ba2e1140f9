import { Problem } from '../problem.ts';
import type { CallerId } from '../settings/callers.ts';
import type { GuestRow, StoredGuest } from './guestTable.ts';

/**
 * The row is dated before the platform makes the token: up to a request's 15 s before, and by another clock. Without this
 * the token would outlive the bound by as much.
 */
const madeLaterByMs = 60_000;

/** The dates of a row with a token asked for at `now` (ms): an upper bound of its life, and how long the row is kept. */
export function datesOf(
  now: number,
  longestTokenLifeSeconds: number,
  retentionHours: number,
): Pick<GuestRow, 'lastTokenAt' | 'tokensValidUntil' | 'expiresAt'> {
  const tokensValidUntil = now + longestTokenLifeSeconds * 1_000 + madeLaterByMs;
  return {
    lastTokenAt: new Date(now),
    tokensValidUntil: new Date(tokensValidUntil),
    expiresAt: new Date(Math.max(now + retentionHours * 3_600_000, tokensValidUntil)),
  };
}

/** The row, as long as its retention lasts: past that it is absent for every endpoint, purged or not. */
export function unexpired(row: StoredGuest | undefined, now: number): StoredGuest | undefined {
  return row && row.expiresAt.getTime() > now ? row : undefined;
}

/** The row if it is the caller's: for anybody else it does not exist. */
export function ownedBy(row: StoredGuest | undefined, caller: CallerId): StoredGuest | undefined {
  return row && (row.owner ?? '') === caller ? row : undefined;
}

/** The row if its guest may get a token; throws `guest-not-found` or `guest-removed`. */
export function requireActive(row: StoredGuest | undefined, now: number): StoredGuest {
  const present = unexpired(row, now);
  if (!present) throw guestNotFound();
  if (present.state === 'removed') {
    throw new Problem(
      'guest-removed',
      'This guest was removed. To admit the person again, issue a token for a new session.',
    );
  }
  return present;
}

/** 404: never there, or past its retention. */
export function guestNotFound(): Problem {
  return new Problem(
    'guest-not-found',
    'Issue an anonymous token first; guests are forgotten some time after their last token.',
  );
}

/** 503: others write the guest's row all the time; asking again will do. */
export function contested(cause?: unknown): Problem {
  return new Problem('storage-unavailable', 'The guest is asked for too often at once; send the same request again.', {
    retryAfterSeconds: 1,
    cause,
  });
}
