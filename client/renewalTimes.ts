import type { AnonymousToken } from './definition/api.ts';

/** When a token ends, by the clock of the service; one whose end cannot be read has ended. */
export function endOf({ expiryTime }: Pick<AnonymousToken, 'expiryTime'>): number {
  return Date.parse(expiryTime) || 0;
}

/**
 * When a token is renewed: between once and twice `beforeMs` before its end, so that guests who came together do not renew
 * together. Of a token that lives shortly, between a fifth and two fifths of its life are left then.
 */
export function renewalAt(endsAt: number, now: number, beforeMs: number, random: number): number {
  const aheadMs = Math.min(beforeMs, Math.max(0, endsAt - now) / 5);
  return endsAt - aheadMs * (1 + random);
}

/** When a renewal that failed is tried again: the nearer the last chance, the sooner; at the latest then. */
export function nextTryAt(lastTryAt: number, now: number, retryAfterSeconds: number, random: number): number {
  const pauseMs = Math.min(60_000, Math.max(5_000, (lastTryAt - now) / 5)) * (0.5 + random / 2);
  return Math.min(lastTryAt, now + Math.max(pauseMs, 1_000 * retryAfterSeconds));
}
