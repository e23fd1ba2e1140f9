import type { Admitted } from '../../lib/guests/tokens.ts';
import type { Removal } from '../../lib/guests/removal.ts';
import { Problem } from '../../lib/problem.ts';

/** The time that an operation took: in the order of events, and by the clock. */
export interface Span {
  readonly begun: number;
  readonly ended: number;
  /** Milliseconds since 1970. */
  readonly endedAt: number;
}

type Delivery = Admitted & Span;
type AnsweredRemoval = Removal & Span;

const retentionMs = 24 * 3_600_000;

/** What callers were told, and the promises that it must agree with. Every method throws on a broken promise. */
export class Ledger {
  readonly #deliveries = new Map<string, Delivery[]>();
  readonly #removals = new Map<string, AnsweredRemoval[]>();

  /** A token that a caller got for the session and, if it named one, the meeting. */
  delivered(delivery: Delivery, asked: { applicationSessionId: string; meetingUrl?: string }): void {
    const { guest, row, join } = delivery;
    const claims = claimsOf(join.token);
    expectThat(guest.applicationSessionId === asked.applicationSessionId, 'the token is for another session');
    expectThat(claims.asi === asked.applicationSessionId, 'the platform made the token for another session');
    expectThat(!asked.meetingUrl || guest.meetingUrl === asked.meetingUrl, 'the token is for another meeting');
    expectThat(claims.confid.endsWith(`:${guest.meetingUrl.split('/').at(-1) ?? ''}`), 'the platform took it wrong');
    expectThat(join.expiryTime <= row.tokensValidUntil, 'the token outlives the bound of its row');

    for (const other of this.#deliveriesOf(row.guestId)) {
      const [older, newer] = other.row.createdAt < row.createdAt ? [other, delivery] : [delivery, other];
      if (older.row.createdAt.getTime() !== newer.row.createdAt.getTime()) {
        // A row is dated when its request begins, and may replace one that expires while the request is under way.
        const soonest = older.row.expiresAt.getTime() - 15_000;
        expectThat(newer.row.createdAt.getTime() >= soonest, 'a guest began anew before its retention had passed');
      } else {
        expectThat(older.guest.meetingUrl === newer.guest.meetingUrl, 'one guest was let into two meetings');
        expectThat(older.row.rejoinCount !== newer.row.rejoinCount, 'two tokens have the same number');
      }
    }
    for (const removal of this.#inForce(row.guestId, delivery)) {
      expectThat(removal.ended > delivery.begun, 'a removed guest got a token');
      expectThat(join.expiryTime <= removal.tokensValidUntil, 'a token outlives the end that the removal told');
    }
    this.#deliveriesOf(row.guestId).push(delivery);
  }

  /** A removal that was answered. */
  removed(removal: AnsweredRemoval): void {
    for (const { join } of this.#deliveriesOf(removal.guestId)) {
      expectThat(join.expiryTime <= removal.tokensValidUntil, 'the removal tells an end before that of a token');
    }
    for (const earlier of this.#inForce(removal.guestId, removal)) {
      expectThat(earlier.removedAt.getTime() === removal.removedAt.getTime(), 'a guest was removed twice');
      expectThat(earlier.tokensValidUntil.getTime() === removal.tokensValidUntil.getTime(), 'the end has changed');
    }
    this.#removalsOf(removal.guestId).push(removal);
  }

  /** An operation on a guest that ended with a problem. @param meetingUrl the meeting, if the operation named one. */
  refused(guestId: string, error: unknown, span: Span, meetingUrl?: string): void {
    const { code, message } = error instanceof Problem ? error : new Problem('internal', String(error));
    expectThat(toBeExpected.has(code), `an operation ended with ${code}: ${message}`);
    const known = this.#deliveriesOf(guestId).filter(
      ({ row, ended }) => ended < span.begun && span.endedAt < row.expiresAt.getTime(),
    );
    expectThat(known.length === 0 || code !== 'guest-not-found', 'a guest was forgotten before its time');
    const sameMeeting = known.some(({ guest }) => guest.meetingUrl === meetingUrl);
    expectThat(!sameMeeting || code !== 'session-bound-to-another-meeting', 'a guest was sent to another meeting');
    const isRemoved = this.#inForce(guestId, span).some(({ ended }) => ended < span.begun);
    expectThat(!isRemoved || code === 'guest-removed', `a removed guest was refused with ${code}`);
  }

  /** The guest's last delivery, if the guest is still in the meeting then. */
  lastOfPresent(guestId: string, now: number): Delivery | undefined {
    if (this.#removalsOf(guestId).some(({ removedAt }) => now < removedAt.getTime() + retentionMs)) return undefined;
    return this.#deliveriesOf(guestId)
      .filter(({ row }) => now < row.expiresAt.getTime())
      .at(-1);
  }

  /** Removals whose retention had not passed when the span ended. */
  #inForce(guestId: string, { endedAt }: Span): AnsweredRemoval[] {
    return this.#removalsOf(guestId).filter(({ removedAt }) => endedAt < removedAt.getTime() + retentionMs);
  }

  #deliveriesOf(guestId: string): Delivery[] {
    return entryOf(this.#deliveries, guestId);
  }

  #removalsOf(guestId: string): AnsweredRemoval[] {
    return entryOf(this.#removals, guestId);
  }
}

/** Problems that a race, or the platform's refusals, explain. */
const toBeExpected = new Set([
  'guest-not-found',
  'guest-removed',
  'session-bound-to-another-meeting',
  'platform-refused',
  'platform-unavailable',
  'storage-unavailable',
]);

function claimsOf(token: string): { asi: string; confid: string } {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
  return JSON.parse(payload) as { asi: string; confid: string };
}

function entryOf<T>(entries: Map<string, T[]>, key: string): T[] {
  const entry = entries.get(key) ?? [];
  entries.set(key, entry);
  return entry;
}

function expectThat(holds: boolean, complaint: string): void {
  if (!holds) throw new Error(complaint);
}
