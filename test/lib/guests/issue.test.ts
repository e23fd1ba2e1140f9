import { randomUUID } from 'node:crypto';
import { adjustableClock } from '../../races/adjustableClock.ts';
import { startAgeingCloud } from '../../races/ageingCloud.ts';
import { gatedService, noLimit, type GatedService } from '../../races/gatedService.ts';
import { guestIdOf } from '../../../lib/guests/identity.ts';
import { meetingUrl, otherMeetingUrl, type TestCloud } from '../../support/testCloud.ts';

const clock = adjustableClock();
let cloud: TestCloud;
let one: GatedService;
let other: GatedService;

beforeAll(async () => {
  cloud = await startAgeingCloud(clock);
});

beforeEach(() => {
  one = gatedService(cloud, clock.now);
  other = gatedService(cloud, clock.now);
});

afterAll(() => cloud.stop());

function refuseNextToken(): void {
  cloud.simulator.world.faults.set('platform.tokens', { status: 400, times: 1 });
}

const anything = expect.anything() as unknown;

async function rowsOf(applicationSessionId: string): Promise<{ guests: unknown[]; index: unknown[] }> {
  const guestId = guestIdOf(applicationSessionId);
  return {
    guests: (await cloud.rows('guests')).filter((row) => row['partitionKey'] === guestId),
    index: (await cloud.rows('meetingGuests')).filter((row) => row['rowKey'] === guestId),
  };
}

function sessionsAtPlatform(applicationSessionId: string): number {
  const { issued } = cloud.simulator.world.platform;
  return issued.filter((token) => token.applicationSessionId === applicationSessionId).length;
}

describe('a first token', () => {
  test('comes with an id of our making, a row and an entry in the meeting', async () => {
    const { created, guest, row, join } = await one.issue({ meetingUrl }, noLimit());
    expect(created).toBe(true);
    expect(guest.applicationSessionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(row).toMatchObject({ guestId: guestIdOf(guest.applicationSessionId), state: 'active', rejoinCount: 0 });
    expect(join.expiryTime.getTime()).toBeLessThanOrEqual(row.tokensValidUntil.getTime());
    const stored = await rowsOf(guest.applicationSessionId);
    expect(stored.guests).toHaveLength(1);
    expect(stored.index).toEqual([expect.objectContaining({ partitionKey: row.meetingIndex })]);
  });

  test.each(['a new id', 'an id of the caller’s'])('that the platform refuses leaves no row: %s', async (whose) => {
    const applicationSessionId = whose === 'a new id' ? undefined : randomUUID();
    const before = { guests: await cloud.rows('guests'), index: await cloud.rows('meetingGuests') };
    refuseNextToken();
    await expect(one.issue({ meetingUrl, applicationSessionId }, noLimit())).rejects.toMatchObject({
      code: 'platform-refused',
      reason: 'meeting-rejected',
    });
    expect({ guests: await cloud.rows('guests'), index: await cloud.rows('meetingGuests') }).toEqual(before);
  });

  test('a mistyped meeting does not burn the id', async () => {
    const applicationSessionId = randomUUID();
    refuseNextToken();
    await expect(one.issue({ meetingUrl: otherMeetingUrl, applicationSessionId }, noLimit())).rejects.toMatchObject({
      applicationSessionId,
    });
    expect(await one.issue({ meetingUrl, applicationSessionId }, noLimit())).toMatchObject({ created: true });
  });
});

describe('a known id', () => {
  test('in the same meeting is the same guest, however the URL is spelt', async () => {
    const applicationSessionId = randomUUID();
    await one.issue({ meetingUrl, applicationSessionId }, noLimit());
    const spelt = meetingUrl.replace('https://meet.lync.example/', 'HTTPS://Meet.Lync.Example:443/') + '#fragment';
    const again = await other.issue({ meetingUrl: spelt, applicationSessionId }, noLimit());
    expect(again).toMatchObject({ created: false, row: { rejoinCount: 1 }, guest: { meetingUrl } });
    expect((await rowsOf(applicationSessionId)).index).toHaveLength(1);
  });

  test('in another meeting is refused, and the platform is not asked', async () => {
    const applicationSessionId = randomUUID();
    await one.issue({ meetingUrl, applicationSessionId }, noLimit());
    const again = other.issue({ meetingUrl: otherMeetingUrl, applicationSessionId }, noLimit());
    await expect(again).rejects.toMatchObject({ code: 'session-bound-to-another-meeting', status: 409 });
    expect(sessionsAtPlatform(applicationSessionId)).toBe(1);
  });

  test('of a removed guest is refused until retention has passed, then it begins anew', async () => {
    const applicationSessionId = randomUUID();
    const { row } = await one.issue({ meetingUrl, applicationSessionId }, noLimit());
    await one.remove(row.guestId);
    await expect(other.issue({ meetingUrl, applicationSessionId }, noLimit())).rejects.toMatchObject({
      code: 'guest-removed',
    });

    clock.advance({ hours: 24 });
    const anew = await other.issue({ meetingUrl: otherMeetingUrl, applicationSessionId }, noLimit());
    expect(anew).toMatchObject({
      created: true,
      guest: { meetingUrl: otherMeetingUrl },
      row: { state: 'active', rejoinCount: 0, createdAt: new Date(clock.now()) },
    });
    expect((await rowsOf(applicationSessionId)).guests).toEqual([expect.not.objectContaining({ removedAt: anything })]);
  });

  test('past its retention begins anew, in whatever meeting, purged or not', async () => {
    const applicationSessionId = randomUUID();
    await one.issue({ meetingUrl, applicationSessionId }, noLimit());
    clock.advance({ hours: 24 });
    const anew = await other.issue({ meetingUrl: otherMeetingUrl, applicationSessionId }, noLimit());
    expect(anew).toMatchObject({ created: true, row: { createdAt: new Date(clock.now()) } });
    const { guests: found } = await one.search.inMeeting(otherMeetingUrl);
    expect(found.map(({ guestId }) => guestId)).toContain(anew.row.guestId);
  });
});
