import { randomUUID } from 'node:crypto';
import { openGuest } from '../../../lib/guests/guestTable.ts';
import { guestIdOf } from '../../../lib/guests/identity.ts';
import type { Admitted } from '../../../lib/guests/tokens.ts';
import type { Join, MeetingPlatform } from '../../../lib/platforms/platform.ts';
import { adjustableClock } from '../../races/adjustableClock.ts';
import { gatedService, noLimit, type GatedService } from '../../races/gatedService.ts';
import { startTableProxy, type TableProxy } from '../../support/tableProxy.ts';
import { startTestCloud, type TestCloud } from '../../support/testCloud.ts';

const meetingUrl = 'https://meet.contoso.example/john/5LB7MRBC';
const otherMeetingUrl = 'https://meet.contoso.example/danab/PYC58WSY';
const clock = adjustableClock();
let cloud: TestCloud;
let proxy: TableProxy;
let one: GatedService;
let other: GatedService;
let applicationSessionId: string;
let guestId: string;

beforeAll(async () => {
  cloud = await startTestCloud({ now: clock.now });
  proxy = await startTableProxy(cloud.tablesConnectionString);
});
beforeEach(async () => {
  await cloud.simulator.world.reset();
  // Longer than all the hours by which the clock is moved on here.
  cloud.simulator.world.entra.tokenLifetimeSeconds = 10 * 365 * 86_400;
  proxy.mend();
  one = gatedService(cloud, clock.now, { platform: 'ucwa', tables: proxy.connectionString });
  other = gatedService(cloud, clock.now, { platform: 'ucwa' });
  applicationSessionId = randomUUID();
  guestId = guestIdOf(applicationSessionId);
});
afterAll(async () => {
  await proxy.stop();
  await cloud.stop();
});

const issue = (by = one) => by.issue({ meetingUrl, applicationSessionId }, noLimit());
const rejoin = (by = one) => by.rejoin({ applicationSessionId }, noLimit());
const issuedTickets = () => cloud.simulator.world.onPremises.issued;
const row = () => one.deps.guests.read(guestId);

/** The participants of these tokens. */
function participants(...admitted: Admitted[]): Set<string | undefined> {
  return new Set(admitted.map(({ join }) => issuedTickets().find(({ token }) => token === join.token)?.identity));
}

/** The token that the next renewal will be made from. */
async function storedToken(): Promise<string> {
  const stored = await row();
  const { identity = '{}' } = stored ? await openGuest(one.deps.ring, stored) : {};
  return String((JSON.parse(identity) as { token?: string }).token);
}

test('the last token that was delivered is the one that is sealed into the row', async () => {
  const first = await issue();
  expect(await storedToken()).toBe(first.join.token);
  const second = await rejoin(other);
  expect(await storedToken()).toBe(second.join.token);
  expect(JSON.stringify(await cloud.rows('guests'))).not.toContain('cwt=');
});

test('a first token costs one write more, a rejoin one read and one write', async () => {
  proxy.calls.length = 0;
  await issue();
  expect(proxy.counts()).toEqual({ 'guests insert': 1, 'meetingGuests upsert': 1, 'guests update': 1 });
  proxy.calls.length = 0;
  await rejoin();
  expect(proxy.counts()).toEqual({ 'guests read': 1, 'guests update': 1 });
});

test('a server that gives longer tokens than documented is taken at its word', async () => {
  cloud.simulator.world.onPremises.behaviour['contoso.example'].tokenLifetimeSeconds = 6 * 3_600;
  const { row: first, join } = await issue();
  expect(first.tokensValidUntil.getTime()).toBeGreaterThanOrEqual(join.expiryTime.getTime());
  expect((await one.remove(guestId)).tokensValidUntil).toEqual(first.tokensValidUntil);
});

describe('two issues of one id', () => {
  test('the second finishes first: the first throws its token away and renews the second’s', async () => {
    const keeping = one.gates.before('guests.replace');
    const first = issue(one);
    await keeping.reached;
    const second = await issue(other);
    keeping.open();
    const admitted = [await first, second];
    expect(participants(...admitted).size).toBe(1);
    expect(await storedToken()).toBe(admitted[0]?.join.token);
    // The one that was thrown away was another participant, whom nobody will ever be.
    expect(new Set(issuedTickets().map(({ identity }) => identity)).size).toBeGreaterThan(1);
    expect(admitted.map(({ row: { rejoinCount } }) => rejoinCount)).toEqual([2, 1]);
  });

  test('the first finishes first: the second throws its token away and renews the first’s', async () => {
    const asking = one.gates.before('platform.issue');
    const first = issue(one);
    await asking.reached;
    const writing = other.gates.before('guests.replace');
    const second = issue(other);
    await writing.reached;
    asking.open();
    const admitted = [await first];
    writing.open();
    admitted.push(await second);
    expect(participants(...admitted).size).toBe(1);
    expect(await storedToken()).toBe(admitted[1]?.join.token);
  });
});

describe('two rejoins', () => {
  test('the one that writes last renews once more, from the identity that is stored', async () => {
    const first = await issue();
    const writing = one.gates.before('guests.replace');
    const slow = rejoin(one);
    await writing.reached;
    const quick = await rejoin(other);
    writing.open();
    const late = await slow;
    expect(participants(first, quick, late).size).toBe(1);
    expect(late.row.rejoinCount).toBe(2);
    expect(await storedToken()).toBe(late.join.token);
  });

  test('after the token has ended, of which each makes a new participant: one of them stays', async () => {
    await issue();
    clock.advance({ hours: 2 });
    const writing = one.gates.before('guests.replace');
    const slow = rejoin(one);
    await writing.reached;
    const quick = await rejoin(other);
    writing.open();
    const late = await slow;
    expect([quick, late].map(({ join }) => join.identityPreserved)).toEqual([false, true]);
    expect(participants(quick, late).size).toBe(1);
  });

  test('that are overtaken before every write get 503, and can be sent again', async () => {
    await issue();
    const tries = Array.from({ length: 4 }, () => one.gates.before('guests.replace'));
    const unlucky = rejoin(one);
    for (const writing of tries) {
      await writing.reached;
      await rejoin(other);
      writing.open();
    }
    await expect(unlucky).rejects.toMatchObject({
      code: 'storage-unavailable',
      retryAfterSeconds: 1,
      applicationSessionId,
    });
    expect(await rejoin(one)).toMatchObject({ join: { identityPreserved: true }, row: { rejoinCount: 5 } });
  });

  test('155, 156: that come at once share renewals, and only guests of the same session do', async () => {
    const first = await issue();
    const stranger = await one.issue({ meetingUrl }, noLimit());
    const before = issuedTickets().length;
    const { applicationSessionId: strangersId } = stranger.guest;
    const answered = one.gates.after('platform.reissue');
    const storm = Array.from({ length: 20 }, () => rejoin(one));
    await answered.reached;
    // By the time of these reads the others have read the row too, and wait behind the first renewal.
    for (let reads = 0; reads < 5; reads += 1) await row();
    answered.open();
    const strangers = one.rejoin({ applicationSessionId: strangersId }, noLimit());
    const admitted = await Promise.all(storm);
    const again = await strangers;
    expect(participants(first, ...admitted).size).toBe(1);
    expect(participants(stranger, again).size).toBe(1);
    expect(admitted.map(({ join }) => join.token)).not.toContain(again.join.token);
    // One for the first, one for those who waited, one for the stranger; a late reader or two do not matter.
    expect(issuedTickets().length - before).toBeLessThan(storm.length / 2);
  });
});

describe('a removal', () => {
  test('between the platform’s first answer and the write: no token', async () => {
    const answered = one.gates.after('platform.issue');
    const first = issue();
    await answered.reached;
    await other.remove(guestId);
    answered.open();
    await expect(first).rejects.toMatchObject({ code: 'guest-removed', status: 410 });
    expect(await row()).toMatchObject({ state: 'removed', sealed: '' });
  });

  test('between a renewal and its write: no token, and none later', async () => {
    await issue();
    const answered = one.gates.after('platform.reissue');
    const again = rejoin();
    await answered.reached;
    await other.remove(guestId);
    answered.open();
    await expect(again).rejects.toMatchObject({ code: 'guest-removed', status: 410 });
    await expect(rejoin()).rejects.toMatchObject({ code: 'guest-removed' });
    expect(await row()).toMatchObject({ state: 'removed', sealed: '' });
  });

  test('while others wait for the next renewal: none of them gets a token', async () => {
    await issue();
    const answered = one.gates.after('platform.reissue');
    const storm = [rejoin()];
    await answered.reached;
    storm.push(rejoin(), rejoin());
    await other.remove(guestId);
    answered.open();
    for (const outcome of await Promise.allSettled(storm)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'guest-removed' } });
    }
  });
});

describe('a session that began anew in another meeting', () => {
  test('leaves a rejoin in the old one without a token', async () => {
    await issue();
    clock.advance({ hours: 24, milliseconds: -1 });
    const answered = one.gates.after('platform.reissue');
    const late = rejoin();
    await answered.reached;
    clock.advance({ milliseconds: 1 });
    await other.issue({ meetingUrl: otherMeetingUrl, applicationSessionId }, noLimit());
    answered.open();
    await expect(late).rejects.toMatchObject({ code: 'guest-not-found' });
  });

  test('does not hand its token to a rejoin that has waited since the old one', async () => {
    await issue();
    clock.advance({ hours: 24, milliseconds: -1 });
    const first = one.gates.before('platform.reissue');
    const old = [rejoin()];
    await first.reached;
    old.push(rejoin());
    clock.advance({ milliseconds: 1 });
    const anew = await other.issue({ meetingUrl: otherMeetingUrl, applicationSessionId }, noLimit());
    const fresh = one.rejoin({ applicationSessionId }, noLimit());
    first.open();
    for (const outcome of await Promise.allSettled(old)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'guest-not-found' } });
    }
    const { guest, join } = await fresh;
    expect(guest.meetingUrl).toBe(otherMeetingUrl);
    expect(participants(anew, { ...anew, join }).size).toBe(1);
  });
});

describe('storage that fails at the seal', () => {
  const atSeal = { when: ({ operation }: { operation: string }) => operation === 'update' } as const;

  test('of a first token: the problem has the id, no row stays, and the same request succeeds', async () => {
    proxy.break({ kind: 503, ...atSeal });
    await expect(issue()).rejects.toMatchObject({ code: 'storage-unavailable', applicationSessionId });
    expect(await row()).toBeUndefined();
    proxy.mend();
    expect(await issue()).toMatchObject({ created: true });
  });

  test('of a first token whose write arrived: nothing is lost', async () => {
    proxy.break({ kind: 'cut', ...atSeal, times: 1 });
    const first = await issue();
    expect(await storedToken()).toBe(first.join.token);
    expect(participants(first, await rejoin(other)).size).toBe(1);
  });

  test('of a renewal: the identity that is stored stays good', async () => {
    const first = await issue();
    proxy.break({ kind: 503, ...atSeal });
    await expect(rejoin()).rejects.toMatchObject({ code: 'storage-unavailable', applicationSessionId });
    proxy.mend();
    const again = await rejoin();
    expect(again).toMatchObject({ join: { identityPreserved: true }, row: { rejoinCount: 1 } });
    expect(participants(first, again).size).toBe(1);
  });

  test('under a renewal that several share: all of them get 503, and the next one succeeds', async () => {
    await issue();
    const asking = one.gates.before('platform.reissue');
    const first = rejoin();
    await asking.reached;
    const others = [rejoin(), rejoin()];
    proxy.break({ kind: 503, ...atSeal });
    asking.open();
    for (const outcome of await Promise.allSettled([first, ...others])) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'storage-unavailable' } });
    }
    proxy.mend();
    expect(await rejoin()).toMatchObject({ join: { identityPreserved: true } });
  });
});

describe('an identity that stays the same', () => {
  const asked: (string | undefined)[] = [];
  let made = 0;
  let isLost = false;
  const token = (identity?: string): Join => ({
    token: `token ${made}`,
    expiryTime: new Date(clock.now() + 3_600_000),
    identityPreserved: identity === undefined,
    ...(identity !== undefined && { identity }),
  });
  /** Knows its guests by an id that it makes once, and makes again when it is lost. */
  const platform: MeetingPlatform = {
    name: 'trusted-application',
    identity: 'stored',
    longestTokenLifeSeconds: 3_600,
    readLink: ({ pathname }) => ({ meetingKey: pathname }),
    issue: () => Promise.resolve(token(`identity ${++made}`)),
    reissue: (_, identity) => {
      asked.push(identity);
      return Promise.resolve(isLost ? token(`identity ${++made}`) : token());
    },
    check: () => Promise.resolve([]),
  };

  beforeEach(() => {
    asked.length = 0;
    made = 0;
    isLost = false;
    one = gatedService(cloud, clock.now, { platform, tables: proxy.connectionString });
    other = gatedService(cloud, clock.now, { platform });
  });

  test('is in the row before the first token is delivered, and is asked by from then on', async () => {
    proxy.calls.length = 0;
    await issue();
    expect(proxy.counts()).toEqual({ 'guests insert': 1, 'meetingGuests upsert': 1, 'guests update': 1 });
    await rejoin();
    await rejoin(other);
    await issue();
    expect(asked).toEqual(['identity 1', 'identity 1', 'identity 1']);
  });

  test('gives way to another one that the platform has made, in the row too', async () => {
    await issue();
    isLost = true;
    expect(await rejoin()).toMatchObject({ join: { identityPreserved: false } });
    isLost = false;
    expect(await rejoin(other)).toMatchObject({ join: { identityPreserved: true }, row: { rejoinCount: 2 } });
    expect(asked).toEqual(['identity 1', 'identity 2']);
  });

  test('is one for two rejoins at once that both find it lost', async () => {
    await issue();
    isLost = true;
    const writing = one.gates.before('guests.replace');
    const slow = rejoin(one);
    await writing.reached;
    await rejoin(other);
    isLost = false;
    writing.open();
    expect(await slow).toMatchObject({ join: { identityPreserved: true } });
    expect(asked).toEqual(['identity 1', 'identity 1', 'identity 3']);
  });
});
