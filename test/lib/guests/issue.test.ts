import { randomUUID } from 'node:crypto';
import { adjustableClock } from '../../races/adjustableClock.ts';
import { startAgeingCloud } from '../../races/ageingCloud.ts';
import { gatedService, noLimit, type GatedService } from '../../races/gatedService.ts';
import { guestIdOf } from '../../../lib/guests/identity.ts';
import type { Join, MeetingPlatform, PlatformGuest } from '../../../lib/platforms/platform.ts';
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

/** Links of this platform name the meeting by their path; what stands behind it is a passcode. */
function platformWithPasscodes(asked: PlatformGuest[]): MeetingPlatform {
  const issue = (guest: PlatformGuest): Promise<Join> => {
    asked.push(guest);
    return Promise.resolve({ token: 'token', expiryTime: new Date(clock.now() + 3_600_000), identityPreserved: true });
  };
  return {
    name: 'trusted-application',
    identity: 'none',
    longestTokenLifeSeconds: 3_600,
    readLink: ({ pathname }) =>
      pathname === '/'
        ? { code: 'meeting-url-incomplete', detail: 'The link names no meeting.', nextStep: 'Ask for it again.' }
        : { meetingKey: pathname },
    issue,
    reissue: issue,
    check: () => Promise.resolve([]),
  };
}

describe('a link', () => {
  const url = (path: string) => `https://meet.example${path}`;
  const asked: PlatformGuest[] = [];
  let service: GatedService;
  let applicationSessionId: string;
  const issue = (path: string) => service.issue({ meetingUrl: url(path), applicationSessionId }, noLimit());
  const lastAsked = () => asked.at(-1)?.meetingUrl;

  beforeEach(() => {
    applicationSessionId = randomUUID();
    service = gatedService(cloud, clock.now, { platform: platformWithPasscodes(asked) });
  });

  test('of the same meeting takes the place of the one that the guest had, for rejoins too', async () => {
    await issue('/a?p=mistyped');
    await service.rejoin({ applicationSessionId }, noLimit());
    expect(lastAsked()).toBe(url('/a?p=mistyped'));
    const again = await issue('/a?p=right');
    expect(again).toMatchObject({ created: false, guest: { meetingUrl: url('/a?p=right') }, row: { rejoinCount: 2 } });
    expect(lastAsked()).toBe(url('/a?p=right'));
    await service.rejoin({ applicationSessionId }, noLimit());
    expect(lastAsked()).toBe(url('/a?p=right'));
    expect((await rowsOf(applicationSessionId)).index).toHaveLength(1);
  });

  test('of another meeting is refused, and does not take its place', async () => {
    await issue('/a?p=1');
    await expect(issue('/b?p=1')).rejects.toMatchObject({ code: 'session-bound-to-another-meeting' });
    expect(await service.rejoin({ applicationSessionId }, noLimit())).toMatchObject({
      guest: { meetingUrl: url('/a?p=1') },
    });
  });

  test('however it ends, finds the guests of its meeting', async () => {
    const { row } = await issue('/search?p=1');
    const { guests: found } = await service.search.inMeeting(url('/search?p=2'));
    expect(found.map(({ guestId }) => guestId)).toEqual([row.guestId]);
  });

  test('that the platform refuses is refused in the platform’s words', async () => {
    await expect(issue('/')).rejects.toMatchObject({
      code: 'meeting-url-not-supported',
      message: 'The link names no meeting. Ask for it again.',
    });
  });
});

describe('a known id', () => {
  test('in the same meeting is the same guest, however the URL is spelt', async () => {
    const applicationSessionId = randomUUID();
    await one.issue({ meetingUrl, applicationSessionId }, noLimit());
    const spelt = meetingUrl.replace('https://meet.lync.example/', 'HTTPS://Meet.Lync.Example:443/') + '#fragment';
    const again = await other.issue({ meetingUrl: spelt, applicationSessionId }, noLimit());
    expect(again).toMatchObject({ created: false, row: { rejoinCount: 1 }, guest: { meetingUrl: spelt } });
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

describe('two first issues of one id', () => {
  test('the first fails at the platform after the second has gone on: the guest is the second’s', async () => {
    const applicationSessionId = randomUUID();
    const asking = one.gates.before('platform.issue');
    const first = one.issue({ meetingUrl, applicationSessionId }, noLimit());
    await asking.reached;

    const second = await other.issue({ meetingUrl, applicationSessionId }, noLimit());
    expect(second).toMatchObject({ created: false, row: { rejoinCount: 1 } });
    refuseNextToken();
    asking.open();
    await expect(first).rejects.toMatchObject({ code: 'platform-refused' });

    const stored = await rowsOf(applicationSessionId);
    expect([stored.guests.length, stored.index.length]).toEqual([1, 1]);
    expect(await one.rejoin({ applicationSessionId }, noLimit())).toMatchObject({ row: { rejoinCount: 2 } });
  });

  test('the first takes its row back while the second is about to write: the second is the first now', async () => {
    const applicationSessionId = randomUUID();
    const asking = one.gates.before('platform.issue');
    const first = one.issue({ meetingUrl, applicationSessionId }, noLimit());
    await asking.reached;
    const writing = other.gates.before('guests.replace');
    const joined = other.gates.after('platform.reissue');
    const second = other.issue({ meetingUrl, applicationSessionId }, noLimit());
    joined.open();
    await Promise.all([writing.reached, joined.reached]);

    refuseNextToken();
    asking.open();
    await expect(first).rejects.toMatchObject({ code: 'platform-refused' });
    writing.open();
    expect(await second).toMatchObject({ created: true, row: { rejoinCount: 0 } });
    const stored = await rowsOf(applicationSessionId);
    expect([stored.guests.length, stored.index.length]).toEqual([1, 1]);
  });

  test('the first leaves the second’s entry in the meeting alone when it undoes its own', async () => {
    const applicationSessionId = randomUUID();
    const undoing = one.gates.before('index.takeBack');
    refuseNextToken();
    const first = one.issue({ meetingUrl, applicationSessionId }, noLimit());
    await undoing.reached;
    const second = await other.issue({ meetingUrl, applicationSessionId }, noLimit());
    undoing.open();
    await expect(first).rejects.toMatchObject({ code: 'platform-refused' });
    expect(second.created).toBe(true);
    expect((await rowsOf(applicationSessionId)).index).toHaveLength(1);
  });

  test('for different meetings: one is bound, the other is refused', async () => {
    const applicationSessionId = randomUUID();
    const outcomes = await Promise.allSettled([
      one.issue({ meetingUrl, applicationSessionId }, noLimit()),
      other.issue({ meetingUrl: otherMeetingUrl, applicationSessionId }, noLimit()),
    ]);
    const [refused] = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(refused).toMatchObject({ code: 'session-bound-to-another-meeting' });
    expect(sessionsAtPlatform(applicationSessionId)).toBe(1);
  });

  test('both replace an expired row: one begins anew, the other goes on with it', async () => {
    const applicationSessionId = randomUUID();
    await one.issue({ meetingUrl, applicationSessionId }, noLimit());
    clock.advance({ hours: 24 });
    const writing = one.gates.before('guests.replace');
    const late = one.issue({ meetingUrl, applicationSessionId }, noLimit());
    await writing.reached;
    expect(await other.issue({ meetingUrl, applicationSessionId }, noLimit())).toMatchObject({ created: true });
    writing.open();
    expect(await late).toMatchObject({ created: false, row: { rejoinCount: 1 } });
  });
});

describe('a removal while the first token is under way', () => {
  test('stays, whether or not the platform then refuses', async () => {
    const applicationSessionId = randomUUID();
    const asking = one.gates.before('platform.issue');
    const first = one.issue({ meetingUrl, applicationSessionId }, noLimit());
    await asking.reached;
    await other.remove(guestIdOf(applicationSessionId));
    refuseNextToken();
    asking.open();
    await expect(first).rejects.toMatchObject({ code: 'platform-refused' });
    await expect(other.rejoin({ applicationSessionId }, noLimit())).rejects.toMatchObject({ code: 'guest-removed' });
  });

  test('answers with an end that the token under way does not outlive', async () => {
    const applicationSessionId = randomUUID();
    const asking = one.gates.before('platform.issue');
    const first = one.issue({ meetingUrl, applicationSessionId }, noLimit());
    await asking.reached;
    const removal = await other.remove(guestIdOf(applicationSessionId));
    // The longest that a request may take.
    clock.advance({ seconds: 15 });
    asking.open();
    const { join } = await first;
    expect(join.expiryTime.getTime()).toBeLessThanOrEqual(removal.tokensValidUntil.getTime());
  });

  test('keeps the guest off the meeting’s list, though the entry is written after it', async () => {
    const applicationSessionId = randomUUID();
    const entering = one.gates.before('index.put');
    const first = one.issue({ meetingUrl: otherMeetingUrl, applicationSessionId }, noLimit());
    await entering.reached;
    await other.remove(guestIdOf(applicationSessionId));
    entering.open();
    await first;
    const { guests: found } = await other.search.inMeeting(otherMeetingUrl);
    expect(found.map(({ guestId }) => guestId)).not.toContain(guestIdOf(applicationSessionId));
  });
});
