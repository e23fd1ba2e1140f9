import { randomUUID } from 'node:crypto';
import { adjustableClock } from './adjustableClock.ts';
import { startAgeingCloud } from './ageingCloud.ts';
import { gatedService, noLimit, type GatedService } from './gatedService.ts';
import { guestIdOf } from '../../lib/guests/identity.ts';
import { meetingUrl, otherMeetingUrl, type TestCloud } from '../support/testCloud.ts';

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

  test('tells an end that the token on its way keeps to', async () => {
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
