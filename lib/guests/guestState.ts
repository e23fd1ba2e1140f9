import { Problem } from '../problem.ts';
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

/** The row if it has this owner: for anybody else it does not exist. @param owner as `ownerOf` gives it (lib/callers.ts) */
export function ownedBy(row: StoredGuest | undefined, owner: string | undefined): StoredGuest | undefined {
  return row?.owner === owner ? row : undefined;
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
