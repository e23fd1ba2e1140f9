import type { SipDomain } from '../../../local/simulator/hostNames.ts';
import { until } from '../../support/until.ts';
import { manualClock, type ManualClock } from '../manualClock.ts';
import { passUntil, stages, startGuestCloud, type GuestCloud, type Stage, type TestGuest } from './guestCloud.ts';

let clock: ManualClock;
let guests: GuestCloud;

beforeAll(async () => {
  clock = manualClock();
  guests = await startGuestCloud(clock);
});
afterEach(() => guests.reset());
afterAll(() => guests.stop());

const minute = 60_000;
const reaches = (guest: TestGuest, name: string) =>
  passUntil(clock, () => guest.session.state.name === name || guest.session.state.name === 'failed');
const lastPoll = ({ network }: TestGuest) => network.sent.findLast(({ url }) => url.includes('/events'));

/** Goes on by minutes, polls come and go, and renewals that fall due are done. */
async function goOn(guest: TestGuest, minutes: number): Promise<void> {
  const hasSettled = () => guests.isPolling(guest) && !guest.isRejoining();
  await until(hasSettled);
  for (let passed = 0; passed < minutes; passed++) {
    clock.advance(minute);
    guests.world.clock.advance(0);
    await until(hasSettled);
  }
}

/** A pass for somebody else. */
const otherToken = async ({ meetingUrl }: Stage) => {
  const { join } = await guests.app.issue({ meetingUrl }, new AbortController().signal);
  return { ...join, expiryTime: join.expiryTime.toISOString() };
};

describe.each(stages)('a token on $title', (stage) => {
  const roster = () => guests.roster(stage);
  const counts = () => guests.world.counts();
  const lifeMs = stage.longestTokenLifeSeconds * 1_000;
  const joined = async (...more: [Parameters<GuestCloud['newGuest']>[1]?]) => {
    const guest = await guests.newGuest(stage, ...more);
    await guest.is('joined');
    return guest;
  };

  test('161: that has ended before the join is exchanged, once, and the join tried again', async () => {
    const guest = await guests.newGuest(stage, {}, undefined, () => {
      clock.jump(lifeMs + minute);
    });
    await reaches(guest, 'reconnecting');
    expect(guest.session.state).toMatchObject({ reason: 'token-expired', refusal: { status: 401 } });
    await reaches(guest, 'joined');
    expect(guest.tokens).toHaveLength(2);
    // On premises an identity lives as long as its tokens.
    expect(guest.session.state).toEqual({ name: 'joined', identityPreserved: stage.knowsGuestsForGood });
    expect(roster()).toHaveLength(1);
  });

  test('161: that has ended while the machine slept is exchanged, and the guest is back', async () => {
    const guest = await joined();
    const { endpoint } = roster()[0] ?? {};
    // No timer was there to renew it.
    clock.jump(lifeMs + minute);
    guests.world.clock.advance(0);
    await reaches(guest, 'reconnecting');
    expect(guest.session.reason).toBe('token-expired');
    await reaches(guest, 'joined');
    expect(guest.session.state).toEqual({ name: 'joined', identityPreserved: stage.knowsGuestsForGood });
    // Another one that was there cannot be removed with a token that has ended; it is gone when the server misses it.
    await goOn(guest, 6);
    expect(roster().map((participant) => participant.endpoint === endpoint)).toEqual([stage.knowsGuestsForGood]);
  });

  test('164: that is refused again after that ends it', async () => {
    guests.world.faults.set(stage.operation('applications'), { status: 401 });
    const guest = await guests.newGuest(stage);
    await reaches(guest, 'failed');
    expect(guest.session.state).toMatchObject({ reason: 'token-expired', refusal: { status: 401 } });
    expect(guest.tokens).toHaveLength(2);
    expect(counts()[stage.operation('applications')]).toBe(2);
  });

  test('164: that is refused in the meeting, and again on the way back, ends it', async () => {
    const guest = await joined();
    for (const place of ['events', 'applications'] as const) {
      guests.world.faults.set(stage.operation(place), { status: 401 });
    }
    guests.room(stage).accessLevel = 'Locked';
    clock.advance(181_000);
    guests.world.clock.advance(0);
    await reaches(guest, 'failed');
    expect(guest.session.reason).toBe('token-expired');
    expect(guest.tokens).toHaveLength(2);
  });

  test('149: is renewed in time through a long meeting, in which nobody notices', async () => {
    Object.assign(guests.world.platform, { tokenLifetimeSeconds: 3_600 });
    const guest = await joined();
    await goOn(guest, 150);
    expect(guest.tokens.length).toBeGreaterThanOrEqual(3);
    expect(guest.session.state).toEqual({ name: 'joined', identityPreserved: true });
    expect(roster()).toMatchObject([{ joins: 1 }]);
    expect(counts()[stage.operation('applications')]).toBe(1);
    expect(lastPoll(guest)?.headers.get('authorization')).toBe(`Bearer ${guest.tokens.at(-1)?.token ?? ''}`);
    expect(guest.path()).toEqual(['discovering', 'creating-application', 'connecting', 'joined']);
  });

  test('148, 149: is good for a way back at the very moment when the first one ends', async () => {
    Object.assign(guests.world.platform, { tokenLifetimeSeconds: 3_600 });
    const guest = await joined();
    const before = roster()[0];
    await goOn(guest, 60);
    guest.network.setLost(true);
    await reaches(guest, 'reconnecting');
    guest.network.setLost(false);
    await reaches(guest, 'joined');
    expect(guest.session.state).toEqual({ name: 'joined', identityPreserved: true });
    expect(roster()).toMatchObject([{ id: before?.id, endpoint: before?.endpoint, joins: 2 }]);
  });

  test('for another participant is told, and leaves no other self behind', async () => {
    const guest = await joined({ rejoin: async () => ({ ...(await otherToken(stage)), identityPreserved: false }) });
    const before = roster()[0];
    guest.network.setLost(true);
    await reaches(guest, 'reconnecting');
    guest.network.setLost(false);
    await reaches(guest, 'joined');
    expect(guest.session.state).toEqual({ name: 'joined', identityPreserved: false });
    await until(() => roster().length === 1);
    expect(roster()[0]?.endpoint).not.toBe(before?.endpoint);
  });

  test('for another participant, at a renewal, waits until the first one is refused', async () => {
    const rejoin = async () => ({ ...(await otherToken(stage)), identityPreserved: false });
    Object.assign(guests.world.platform, { tokenLifetimeSeconds: 3_600 });
    const guest = await joined({ rejoin });
    const before = roster()[0];
    await goOn(guest, 58);
    expect(lastPoll(guest)?.headers.get('authorization')).toBe(`Bearer ${guest.tokens[0]?.token ?? ''}`);
    expect(roster()).toMatchObject([{ endpoint: before?.endpoint, joins: 1 }]);
    clock.advance(181_000);
    guests.world.clock.advance(0);
    await reaches(guest, 'reconnecting');
    await reaches(guest, 'joined');
    expect(guest.session.state).toEqual({ name: 'joined', identityPreserved: false });
  });
});

describe.each(stages)('a renewal on $title', (stage) => {
  test('that was for another participant leaves no other self behind at the next drop, though that one is kept', async () => {
    Object.assign(guests.world.platform, { tokenLifetimeSeconds: 3_600 });
    const other = await otherToken(stage);
    let asked = 0;
    const rejoin = () => Promise.resolve({ ...other, identityPreserved: asked++ > 0 });
    const guest = await guests.newGuest(stage, { rejoin });
    await guest.is('joined');
    await goOn(guest, 56);
    expect(asked).toBe(1);
    guest.network.setLost(true);
    await reaches(guest, 'reconnecting');
    guest.network.setLost(false);
    await reaches(guest, 'joined');
    expect(asked).toBe(2);
    await until(() => guests.roster(stage).length === 1);
    expect(guests.roster(stage)[0]?.endpoint).toBe(stage.participantOf(guests.world, other.token));
    expect(guest.session.state).toEqual({ name: 'joined', identityPreserved: false });
  });
});

const onPremises = stages.filter(({ isOnPremises }) => isOnPremises);

describe.each(onPremises)('a ticket on $title', (stage) => {
  const domain = new URL(stage.meetingUrl).host.replace('meet.', '') as SipDomain;
  const refuseWith = (status: 401 | 403 | 500): void => {
    guests.world.onPremises.behaviour[domain].badTokenAtApplications = status;
  };
  const toOtherPool = <T extends { applicationsUrl?: string }>(guestToken: T): T => ({
    ...guestToken,
    applicationsUrl: (guestToken.applicationsUrl ?? '').replace(/^https:\/\/[^.]+/, 'https://pool02'),
  });

  test.each([401, 403] as const)('161: that is refused with %d and a challenge is renewed, once', async (status) => {
    refuseWith(status);
    const guest = await guests.newGuest(stage, {}, undefined, () => {
      clock.jump(61 * minute);
    });
    await reaches(guest, 'reconnecting');
    expect(guest.session.state).toMatchObject({ reason: 'token-expired', refusal: { status } });
    await reaches(guest, 'joined');
    expect(guest.tokens).toHaveLength(2);
  });

  test('162: of another server, refused with a page and 500, is named as such, and another one is asked for', async () => {
    refuseWith(500);
    const guest = await guests.newGuest(stage, { join: toOtherPool(await otherToken(stage)) });
    await reaches(guest, 'reconnecting');
    expect(guest.session.state).toMatchObject({ reason: 'token-of-another-host', refusal: { status: 500 } });
    await reaches(guest, 'joined');
  });

  test('162, 164: of another server ends it when the next one is no better', async () => {
    refuseWith(500);
    const rejoin = async () => toOtherPool(await otherToken(stage));
    const guest = await guests.newGuest(stage, { join: await rejoin(), rejoin });
    await reaches(guest, 'failed');
    expect(guest.session.reason).toBe('token-of-another-host');
    expect(guests.world.counts()['ucwa.applications']).toBe(2);
  });
});
