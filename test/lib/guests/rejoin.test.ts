import { randomUUID } from 'node:crypto';
import { guestIdOf } from '../../../lib/guests/identity.ts';
import { adjustableClock } from '../../races/adjustableClock.ts';
import { startAgeingCloud } from '../../races/ageingCloud.ts';
import { gatedService, noLimit, type GatedService } from '../../races/gatedService.ts';
import { meetingUrl, otherMeetingUrl, type TestCloud } from '../../support/testCloud.ts';

const clock = adjustableClock();
let cloud: TestCloud;
let one: GatedService;
let other: GatedService;
let applicationSessionId: string;
let guestId: string;

beforeAll(async () => {
  cloud = await startAgeingCloud(clock);
});

beforeEach(async () => {
  one = gatedService(cloud, clock.now);
  other = gatedService(cloud, clock.now);
  applicationSessionId = randomUUID();
  guestId = guestIdOf(applicationSessionId);
  const allowedOrigins = ['https://www.contoso.example'];
  await one.issue({ meetingUrl, applicationSessionId, allowedOrigins }, noLimit());
});

afterAll(() => cloud.stop());

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

test('many at once from two processes are all the same guest, each with a number of its own', async () => {
  const half = Array.from({ length: 20 });
  const request = { applicationSessionId };
  const admitted = await Promise.all(
    half.flatMap(() => [one.rejoin(request, noLimit()), other.rejoin(request, noLimit())]),
  );
  const counts = admitted.map(({ row: { rejoinCount } }) => rejoinCount).sort((a, b) => a - b);
  expect(counts).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  expect(await row()).toMatchObject({ rejoinCount: 40 });
});
