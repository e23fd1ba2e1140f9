import { randomUUID } from 'node:crypto';
import { guestIdOf } from '../../../lib/guests/identity.ts';
import type { Admitted } from '../../../lib/guests/tokens.ts';
import { adjustableClock } from '../../races/adjustableClock.ts';
import { startAgeingCloud } from '../../races/ageingCloud.ts';
import { gatedService, noLimit, type GatedService } from '../../races/gatedService.ts';
import { startTableProxy, type TableProxy } from '../../support/tableProxy.ts';
import { meetingUrl, otherMeetingUrl, type TestCloud } from '../../support/testCloud.ts';
import { until } from '../../support/until.ts';

const clock = adjustableClock();
let cloud: TestCloud;
let proxy: TableProxy;
let one: GatedService;
let other: GatedService;
let applicationSessionId: string;
let guestId: string;

beforeAll(async () => {
  cloud = await startAgeingCloud(clock);
  proxy = await startTableProxy(cloud.tablesConnectionString);
});

beforeEach(async () => {
  proxy.mend();
  one = gatedService(cloud, clock.now, { tables: proxy.connectionString });
  other = gatedService(cloud, clock.now);
  applicationSessionId = randomUUID();
  guestId = guestIdOf(applicationSessionId);
  const allowedOrigins = ['https://www.contoso.example'];
  await one.issue({ meetingUrl, applicationSessionId, allowedOrigins }, noLimit());
  proxy.calls.length = 0;
});

afterAll(async () => {
  await proxy.stop();
  await cloud.stop();
});

const row = () => cloud.table('guests').getEntity(guestId, 'guest');

test('asks the platform for the same session, meeting and origins as at first', async () => {
  const { guest, row: written, join } = await other.rejoin({ applicationSessionId }, noLimit());
  expect(guest).toEqual({ applicationSessionId, meetingUrl, allowedOrigins: ['https://www.contoso.example'] });
  expect(written).toMatchObject({ guestId, rejoinCount: 1, state: 'active' });
  expect(join.identityPreserved).toBe(true);
  const asked = cloud.simulator.world.platform.issued.slice(-2);
  expect(asked).toEqual([
    expect.objectContaining({ applicationSessionId, meetingUrl }),
    expect.objectContaining({ applicationSessionId, meetingUrl }),
  ]);
});

test('keeps the guest for another retention from now', async () => {
  clock.advance({ hours: 23 });
  await one.rejoin({ applicationSessionId }, noLimit());
  clock.advance({ hours: 23 });
  expect(await other.rejoin({ applicationSessionId }, noLimit())).toMatchObject({ row: { rejoinCount: 2 } });
});

test('of a session that nobody knows, or nobody any more, is refused', async () => {
  const unknown = one.rejoin({ applicationSessionId: randomUUID() }, noLimit());
  await expect(unknown).rejects.toMatchObject({ code: 'guest-not-found', status: 404 });
  clock.advance({ hours: 24 });
  await expect(one.rejoin({ applicationSessionId }, noLimit())).rejects.toMatchObject({ code: 'guest-not-found' });
  expect(await row()).toMatchObject({ state: 'active' });
});

test('may ask for other origins, within the configured ones', async () => {
  const allowedOrigins = ['https://advisor.contoso.example/', 'https://advisor.contoso.example'];
  const { guest } = await one.rejoin({ applicationSessionId, allowedOrigins }, noLimit());
  expect(guest.allowedOrigins).toEqual(['https://advisor.contoso.example']);
  const elsewhere = one.rejoin({ applicationSessionId, allowedOrigins: ['https://evil.example'] }, noLimit());
  await expect(elsewhere).rejects.toMatchObject({ code: 'origin-not-allowed' });
});

test('does not admit stored origins that are no longer configured', async () => {
  const moved = cloud.newApp({ ALLOWED_ORIGINS: 'https://new.contoso.example' }, clock.now);
  await expect(moved.rejoin({ applicationSessionId }, noLimit())).rejects.toMatchObject({ code: 'origin-not-allowed' });
});

test('that the platform refuses names the session, and the next one succeeds as the same guest', async () => {
  cloud.simulator.world.faults.set('platform.tokens', { status: 400, times: 1 });
  await expect(one.rejoin({ applicationSessionId }, noLimit())).rejects.toMatchObject({
    code: 'platform-refused',
    applicationSessionId,
  });
  expect(await one.rejoin({ applicationSessionId }, noLimit())).toMatchObject({ row: { guestId } });
});

test('with tokens that live longer than the documents say moves the bound out, and never back in', async () => {
  const { platform } = cloud.simulator.world;
  platform.tokenLifetimeSeconds = 10 * 3_600;
  const long = await one.rejoin({ applicationSessionId }, noLimit());
  expect(long.row.tokensValidUntil.getTime()).toBeGreaterThanOrEqual(long.join.expiryTime.getTime());
  expect(long.row.rejoinCount).toBe(1);
  platform.tokenLifetimeSeconds = 28_800;
  const usual = await one.rejoin({ applicationSessionId }, noLimit());
  expect(usual.row.tokensValidUntil.getTime()).toBeGreaterThanOrEqual(long.join.expiryTime.getTime());
  expect((await one.remove(guestId)).tokensValidUntil).toEqual(usual.row.tokensValidUntil);
});

describe('against a removal', () => {
  test('that comes between its read and its write: no token', async () => {
    const writing = one.gates.before('guests.replace');
    const joined = one.gates.after('platform.reissue');
    const rejoining = one.rejoin({ applicationSessionId }, noLimit());
    joined.open();
    await Promise.all([writing.reached, joined.reached]);
    await other.remove(guestId);
    writing.open();
    await expect(rejoining).rejects.toMatchObject({ code: 'guest-removed', status: 410 });
    expect(await row()).toMatchObject({ state: 'removed', sealed: '', rejoinCount: 0 });
  });

  test('that comes behind its write: the token ends no later than the removal says', async () => {
    const asking = one.gates.before('platform.reissue');
    const written = one.gates.after('guests.replace');
    const rejoining = one.rejoin({ applicationSessionId }, noLimit());
    await Promise.all([asking.reached, written.reached]);
    written.open();
    const removal = await other.remove(guestId);
    clock.advance({ seconds: 15 });
    asking.open();
    const { join } = await rejoining;
    expect(join.expiryTime.getTime()).toBeLessThanOrEqual(removal.tokensValidUntil.getTime());
    await expect(one.rejoin({ applicationSessionId }, noLimit())).rejects.toMatchObject({ code: 'guest-removed' });
  });
});

describe('against another life of the session', () => {
  test('a rejoin that began in the old meeting gets no token for it once the session is bound to a new one', async () => {
    clock.advance({ hours: 24, milliseconds: -1 });
    const writing = one.gates.before('guests.replace');
    const rejoining = one.rejoin({ applicationSessionId }, noLimit());
    await writing.reached;
    clock.advance({ milliseconds: 1 });
    await other.issue({ meetingUrl: otherMeetingUrl, applicationSessionId }, noLimit());
    writing.open();
    await expect(rejoining).rejects.toMatchObject({ code: 'guest-not-found' });
  });

  test('an issue that began as a rejoin in the old meeting finds the session bound to the new one', async () => {
    clock.advance({ hours: 24, milliseconds: -1 });
    const writing = one.gates.before('guests.replace');
    const again = one.issue({ meetingUrl, applicationSessionId }, noLimit());
    await writing.reached;
    clock.advance({ milliseconds: 1 });
    await other.issue({ meetingUrl: otherMeetingUrl, applicationSessionId }, noLimit());
    writing.open();
    await expect(again).rejects.toMatchObject({ code: 'session-bound-to-another-meeting' });
  });
});

describe('the count of rejoins', () => {
  const rejoin = (by = one) => by.rejoin({ applicationSessionId }, noLimit());
  const numbersOf = (admitted: readonly Admitted[]) => admitted.map(({ row: { rejoinCount } }) => rejoinCount);
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  const writes = () =>
    proxy.calls.filter(({ operation, table }) => table === 'guests' && operation === 'update').length;
  /** Requests whose write is under way or waits behind one: each of them has asked the platform too. */
  const atWork = (count: number) => {
    const { issued } = cloud.simulator.world.platform;
    const before = issued.length;
    return () => until(() => issued.length === before + count);
  };

  test('grows by one for one rejoin, in one write', async () => {
    expect(await rejoin()).toMatchObject({ row: { rejoinCount: 1 } });
    expect(writes()).toBe(1);
    expect(await row()).toMatchObject({ rejoinCount: 1 });
  });

  test('numbers those who come while a write is under way one by one, in one write', async () => {
    const allAtWork = atWork(50);
    const writing = one.gates.before('guests.replace');
    const first = rejoin();
    await writing.reached;
    const others = Array.from({ length: 49 }, () => rejoin());
    await allAtWork();
    writing.open();
    const admitted = await Promise.all([first, ...others]);
    expect(numbersOf(admitted).sort((a, b) => a - b)).toEqual(upTo(50));
    expect(writes()).toBe(2);
    expect(await row()).toMatchObject({ rejoinCount: 50 });
  });

  test('is kept when their tokens live longer than the documents say', async () => {
    const { platform } = cloud.simulator.world;
    platform.tokenLifetimeSeconds = 10 * 3_600;
    const allAtWork = atWork(10);
    const writing = one.gates.before('guests.replace');
    const all = [rejoin()];
    await writing.reached;
    all.push(...Array.from({ length: 9 }, () => rejoin()));
    await allAtWork();
    writing.open();
    expect(numbersOf(await Promise.all(all)).sort((a, b) => a - b)).toEqual(upTo(10));
    platform.tokenLifetimeSeconds = 28_800;
    expect(await row()).toMatchObject({ rejoinCount: 10 });
  });

  test('has every rejoin of two processes, each with a number of its own', async () => {
    const half = Array.from({ length: 30 });
    const admitted = await Promise.all(half.flatMap(() => [rejoin(one), rejoin(other)]));
    expect(numbersOf(admitted).sort((a, b) => a - b)).toEqual(upTo(60));
    expect(await row()).toMatchObject({ rejoinCount: 60 });
  });

  test('has a rejoin once whose write was carried out and its answer lost', async () => {
    proxy.break({ kind: 'cut', times: 1, when: ({ operation }) => operation === 'update' });
    expect(await rejoin()).toMatchObject({ row: { rejoinCount: 1 } });
    expect(writes()).toBe(2);
    expect(await row()).toMatchObject({ rejoinCount: 1 });
  });

  test('refuses all who share a write with 410 after a removal', async () => {
    const allAtWork = atWork(2);
    const writing = one.gates.before('guests.replace');
    const first = rejoin();
    await writing.reached;
    const second = rejoin();
    await allAtWork();
    await other.remove(guestId);
    writing.open();
    await expect(first).rejects.toMatchObject({ code: 'guest-removed' });
    await expect(second).rejects.toMatchObject({ code: 'guest-removed' });
  });

  test('refuses with 404 when the row is gone', async () => {
    const writing = one.gates.before('guests.replace');
    const late = rejoin();
    await writing.reached;
    await other.deps.guests.delete(guestId, '*');
    writing.open();
    await expect(late).rejects.toMatchObject({ code: 'guest-not-found' });
  });

  test('is given up when the row changes before every try, and goes on afterwards', async () => {
    const tries = Array.from({ length: 4 }, () => one.gates.before('guests.replace'));
    const unlucky = rejoin();
    for (const writing of tries) {
      await writing.reached;
      await rejoin(other);
      writing.open();
    }
    await expect(unlucky).rejects.toMatchObject({ code: 'storage-unavailable', retryAfterSeconds: 1 });
    expect(await rejoin()).toMatchObject({ row: { rejoinCount: 5 } });
  });
});
