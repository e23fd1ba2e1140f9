import type { StoredGuest } from '../../../lib/guests/guestTable.ts';
import { datesOf, requireActive, unexpired } from '../../../lib/guests/guestState.ts';

const noon = Date.UTC(2026, 0, 15, 12);
const hour = 3_600_000;
const eightHours = 8 * 3_600;

function guest(changes: Partial<StoredGuest> = {}): StoredGuest {
  return {
    guestId: 'guest',
    etag: 'tag',
    state: 'active',
    platform: 'trusted-application',
    sealed: 's1.k1.nonce.text',
    meetingIndex: 'k1.meeting',
    createdAt: new Date(noon),
    rejoinCount: 0,
    ...datesOf(noon, eightHours, 24),
    ...changes,
  };
}

describe('the dates of a token', () => {
  test('bound its life, even if the platform makes it up to a request’s time limit later', () => {
    const { lastTokenAt, tokensValidUntil } = datesOf(noon, eightHours, 24);
    expect(lastTokenAt).toEqual(new Date(noon));
    expect(tokensValidUntil.getTime()).toBeGreaterThanOrEqual(noon + 8 * hour + 15_000);
    expect(tokensValidUntil.getTime()).toBeLessThan(noon + 8 * hour + 5 * 60_000);
  });

  test('keep the row for the retention', () => {
    expect(datesOf(noon, eightHours, 24).expiresAt).toEqual(new Date(noon + 24 * hour));
  });

  test('keep the row at least as long as a token may live', () => {
    const { tokensValidUntil, expiresAt } = datesOf(noon, eightHours, 1);
    expect(expiresAt).toEqual(tokensValidUntil);
  });
});

describe('a row', () => {
  test('is there until its retention ends, and not at that very moment', () => {
    const row = guest();
    expect(unexpired(row, row.expiresAt.getTime() - 1)).toBe(row);
    expect(unexpired(row, row.expiresAt.getTime())).toBeUndefined();
    expect(unexpired(undefined, noon)).toBeUndefined();
  });

  test('admits its guest while it is active', () => {
    const row = guest();
    expect(requireActive(row, noon)).toBe(row);
  });

  test.each([
    { name: 'absent', row: undefined, now: noon, code: 'guest-not-found' },
    { name: 'expired', row: guest(), now: noon + 24 * hour, code: 'guest-not-found' },
    { name: 'removed', row: guest({ state: 'removed' }), now: noon, code: 'guest-removed' },
    { name: 'removed and expired', row: guest({ state: 'removed' }), now: noon + 24 * hour, code: 'guest-not-found' },
  ])('that is $name refuses its guest with $code', ({ row, now, code }) => {
    expect(() => requireActive(row, now)).toThrow(expect.objectContaining({ code }) as Error);
  });
});
