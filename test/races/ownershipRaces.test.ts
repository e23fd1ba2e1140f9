import { randomUUID } from 'node:crypto';
import type { Caller } from '../../lib/callers.ts';
import { guestIdOf } from '../../lib/guests/identity.ts';
import { meetingUrl, otherMeetingUrl, type TestCloud } from '../support/testCloud.ts';
import { adjustableClock } from './adjustableClock.ts';
import { startAgeingCloud } from './ageingCloud.ts';
import type { Gate } from './gates.ts';
import { gatedService, noLimit, type GatedService } from './gatedService.ts';

// Two applications that name the same session, each in a process of its own.
const [ourId, theirId] = ['c0ffee01-0000-4000-8000-0000000000c2', 'c0ffee02-0000-4000-8000-0000000000c2'];
const ours: Caller = { kind: 'application', appId: ourId };
const theirs: Caller = { kind: 'application', appId: theirId };

const clock = adjustableClock();
let cloud: TestCloud;
let one: GatedService;
let other: GatedService;
let applicationSessionId: string;
let guestId: string;

beforeAll(async () => {
  cloud = await startAgeingCloud(clock);
});
beforeEach(() => {
  one = gatedService(cloud, clock.now);
  other = gatedService(cloud, clock.now);
  applicationSessionId = randomUUID();
  guestId = guestIdOf(applicationSessionId);
});
afterAll(() => cloud.stop());

type Service = Pick<GatedService, 'issue' | 'rejoin'>;
const issue = (by: Service, caller: Caller, url = meetingUrl) =>
  by.issue({ meetingUrl: url, applicationSessionId, caller }, noLimit());
const rejoin = (by: Service, caller: Caller) => by.rejoin({ applicationSessionId, caller }, noLimit());
const row = () => cloud.table('guests').getEntity(guestId, 'guest');
const entries = async () => (await cloud.rows('meetingGuests')).filter(({ rowKey }) => rowKey === guestId);
const platformTokens = () =>
  cloud.simulator.world.platform.issued.filter((token) => token.applicationSessionId === applicationSessionId).length;
const taken = { code: 'session-bound-to-another-meeting' };
const notThere = { code: 'guest-not-found' };

function refuseNextToken(): void {
  cloud.simulator.world.faults.set('platform.tokens', { status: 400, times: 1 });
}

describe('two first issues of one id', () => {
  test.each([
    ['in one meeting', meetingUrl],
    ['in two meetings', otherMeetingUrl],
  ])('%s: one application has the guest and the only token, the other is refused', async (_, url) => {
    for (let round = 0; round < 8; round++) {
      applicationSessionId = randomUUID();
      guestId = guestIdOf(applicationSessionId);
      // In turns, so that each of them has its chance to be first.
      const contenders = [() => issue(one, ours), () => issue(other, theirs, url)];
      if (round % 2 === 1) contenders.reverse();
      const outcomes = await Promise.allSettled(contenders.map((contend) => contend()));
      const admitted = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.row] : []));
      const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
      expect(admitted).toEqual([expect.objectContaining({ owner: (await row())['owner'], rejoinCount: 0 })]);
      expect(refused).toEqual([expect.objectContaining(taken)]);
      expect(platformTokens()).toBe(1);
      expect(await entries()).toHaveLength(1);
    }
  });

  test('the first fails at the platform: the id is free again, for whoever asks next', async () => {
    const asking = one.gates.before('platform.issue');
    const first = issue(one, ours);
    await asking.reached;
    await expect(issue(other, theirs)).rejects.toMatchObject(taken);
    refuseNextToken();
    asking.open();
    await expect(first).rejects.toMatchObject({ code: 'platform-refused' });
    await issue(other, theirs);
    expect(await row()).toMatchObject({ owner: theirId });
    await expect(issue(one, ours)).rejects.toMatchObject(taken);
  });

  test('the first takes its row back before the second has seen whose it is: the second has the guest', async () => {
    const asking = one.gates.before('platform.issue');
    const first = issue(one, ours);
    await asking.reached;
    const looking = other.gates.before('guests.read');
    const second = issue(other, theirs);
    await looking.reached;
    refuseNextToken();
    asking.open();
    await expect(first).rejects.toMatchObject({ code: 'platform-refused' });
    looking.open();
    expect(await second).toMatchObject({ created: true, row: { owner: theirId } });
    expect(await row()).toMatchObject({ owner: theirId, rejoinCount: 0 });
    expect(await entries()).toHaveLength(1);
  });

  test('the first is removed before the second has seen whose it is: the tombstone is another application’s', async () => {
    await issue(one, ours);
    const looking = other.gates.before('guests.read');
    const second = issue(other, theirs);
    await looking.reached;
    await one.remove(guestId, ours);
    looking.open();
    await expect(second).rejects.toMatchObject(taken);
    expect(await row()).toMatchObject({ owner: ourId, state: 'removed' });
  });
});

describe('a forgotten guest’s id', () => {
  beforeEach(async () => {
    await issue(one, ours);
    clock.advance({ hours: 24 });
  });

  test.each([
    ['the one that had it', ours, theirs, ourId],
    ['another one', theirs, ours, theirId],
  ])('is taken by %s while the other is about to write: that one is refused', async (_, quick, slow, owner) => {
    const writing = one.gates.before('guests.replace');
    const late = issue(one, slow);
    await writing.reached;
    expect(await issue(other, quick)).toMatchObject({ created: true, row: { owner } });
    writing.open();
    await expect(late).rejects.toMatchObject(taken);
    expect(await row()).toMatchObject({ owner, rejoinCount: 0 });
    // The one of the first day, and that of the new guest.
    expect(platformTokens()).toBe(2);
  });

  test('is purged under an application that is about to take it: it has the guest all the same', async () => {
    const writing = other.gates.before('guests.replace');
    const taking = issue(other, theirs);
    await writing.reached;
    await one.purge();
    writing.open();
    expect(await taking).toMatchObject({ created: true, row: { owner: theirId } });
    expect(await row()).toMatchObject({ owner: theirId });
  });
});

describe('a guest who is forgotten, and begins anew with another application, during', () => {
  /** Starts `work` of the first application; before it writes its row, the guest is forgotten and begins anew. */
  const overtaken = async <T>(work: () => Promise<T>): Promise<{ late: Promise<T>; writing: Gate }> => {
    await issue(one, ours);
    const writing = one.gates.before('guests.replace');
    const late = work();
    await writing.reached;
    clock.advance({ hours: 24 });
    await issue(other, theirs);
    return { late, writing };
  };

  test('a rejoin: it ends without a token, and leaves the new guest as it is', async () => {
    const { late, writing } = await overtaken(() => rejoin(one, ours));
    const { etag } = await row();
    writing.open();
    await expect(late).rejects.toMatchObject(notThere);
    expect(await row()).toMatchObject({ owner: theirId, rejoinCount: 0, etag });
  });

  test('a rejoin, in whose process the new guest rejoins too: neither waits for the other', async () => {
    const { late, writing } = await overtaken(() => rejoin(one, ours));
    expect(await rejoin(one, theirs)).toMatchObject({ row: { owner: theirId, rejoinCount: 1 } });
    writing.open();
    await expect(late).rejects.toMatchObject(notThere);
    expect(await row()).toMatchObject({ owner: theirId, rejoinCount: 1 });
  });

  test('another issue of the first application: it is refused, and leaves the new guest as it is', async () => {
    const { late, writing } = await overtaken(() => issue(one, ours));
    const { etag } = await row();
    writing.open();
    await expect(late).rejects.toMatchObject(taken);
    expect(await row()).toMatchObject({ owner: theirId, rejoinCount: 0, etag });
  });

  test('a removal: the new guest stays', async () => {
    const { late, writing } = await overtaken(() => one.remove(guestId, ours));
    writing.open();
    await expect(late).rejects.toMatchObject(notThere);
    expect(await row()).toMatchObject({ owner: theirId, state: 'active' });
    expect(await entries()).toHaveLength(1);
  });
});

describe('the same where the row keeps the participant', () => {
  const onPremises = 'https://meet.contoso.example/john/5LB7MRBC';
  let first: GatedService;
  let second: GatedService;

  beforeEach(() => {
    first = gatedService(cloud, clock.now, { platform: 'ucwa' });
    second = gatedService(cloud, clock.now, { platform: 'ucwa' });
  });

  test.each(['a rejoin', 'a first issue'])('%s that comes too late does not become the new guest', async (late) => {
    if (late === 'a rejoin') await issue(first, ours, onPremises);
    const writing = first.gates.before('guests.replace');
    const asked = late === 'a rejoin' ? rejoin(first, ours) : issue(first, ours, onPremises);
    await writing.reached;
    clock.advance({ hours: 24 });
    await issue(second, theirs, onPremises);
    const { etag } = await row();
    const { issued } = cloud.simulator.world.onPremises;
    const before = issued.length;
    writing.open();
    await expect(asked).rejects.toMatchObject(notThere);
    expect(await row()).toMatchObject({ owner: theirId, rejoinCount: 0, etag });
    // Nor was the platform asked once more, as the guest of the other.
    expect(issued.length).toBe(before);
  });
});
