import { until } from '../../support/until.ts';
import { stages, startGuestCloud, type GuestCloud, type TestGuest } from './guestCloud.ts';

let guests: GuestCloud;

beforeAll(async () => {
  guests = await startGuestCloud();
});
afterEach(() => guests.reset());
afterAll(() => guests.stop());

describe.each(stages)('on $title a guest', (stage) => {
  const roster = () => guests.roster(stage);
  /** The only one who is there. */
  const theParticipant = () => {
    const [participant, ...others] = roster();
    if (!participant || others.length > 0) throw new Error(`there are ${roster().length}`);
    return participant;
  };
  const inLobby = async (): Promise<TestGuest> => {
    guests.room(stage).accessLevel = 'Invited';
    const guest = await guests.newGuest(stage);
    await guest.is('lobby');
    return guest;
  };
  const joined = async (): Promise<TestGuest> => {
    const guest = await guests.newGuest(stage);
    await guest.is('joined');
    return guest;
  };

  test('goes in step by step, and is on the roster when it is told so', async () => {
    const guest = await guests.newGuest(stage, { displayName: 'Dana Lööf' });
    guest.session.subscribe(({ state }) => {
      if (state.name === 'joined') expect(theParticipant().state).toBe('connected');
    });
    await guest.is('joined');
    expect(theParticipant()).toMatchObject({ displayName: 'Dana Lööf', state: 'connected', joins: 1 });
    await until(() => guest.changes.length === 4);
    expect(guest.path()).toEqual(['discovering', 'creating-application', 'connecting', 'joined']);
    expect(guest.changes.map(({ step }) => step)).toEqual(guest.path());
    expect(guest.session.state).toEqual({ name: 'joined', identityPreserved: true });
    expect(guest.session.reason).toBeUndefined();
  });

  test('183: waits in the lobby, is not in the meeting, and is when it has been admitted', async () => {
    const guest = await inLobby();
    expect(theParticipant().state).toBe('lobby');
    expect(guest.path()).not.toContain('joined');
    expect(guests.room(stage).admit(theParticipant().id)).toBe(true);
    await guest.is('joined');
    expect(theParticipant().state).toBe('connected');
    expect(guest.path().slice(-3)).toEqual(['connecting', 'lobby', 'joined']);
  });

  test('183: is told when it was denied, and asks no more', async () => {
    const guest = await inLobby();
    expect(guests.room(stage).deny(theParticipant().id)).toBe(true);
    await guest.is('failed');
    expect(guest.session.reason).toBe('denied');
    expect(guest.session.state).toMatchObject({ refusal: { code: 'RemoteFailure', subcode: 'Denied' } });
    expect(roster()).toEqual([]);
    expect(guest.tokens).toHaveLength(1);
  });

  test('is told when it was ejected, and asks no more', async () => {
    const guest = await joined();
    expect(guests.room(stage).eject(theParticipant().id)).toBe(true);
    await guest.is('failed');
    expect(guest.session.reason).toBe('ejected');
    expect(roster()).toEqual([]);
    expect(guest.tokens).toHaveLength(1);
  });

  test('is told when the meeting has ended, in the room as in the lobby', async () => {
    const first = await joined();
    const second = await inLobby();
    guests.room(stage).end();
    await Promise.all([first.is('failed'), second.is('failed')]);
    expect([first.session.reason, second.session.reason]).toEqual(['meeting-ended', 'meeting-ended']);

    const third = await guests.newGuest(stage);
    await third.is('failed');
    expect(third.session.reason).toBe('meeting-not-found');
  });

  test.each([
    ['room', joined],
    ['lobby', inLobby],
  ])('leaves from the %s, and nothing is sent after that', async (_, come) => {
    const guest = await come();
    await guest.session.leave();
    expect(guest.session.state).toEqual({ name: 'left' });
    expect(roster()).toEqual([]);
    const last = guest.network.sent.at(-1);
    expect(last).toMatchObject({ method: 'DELETE', status: 204 });
    await guest.session.leave();
    expect(guest.network.sent.at(-1)).toBe(last);
    await until(() => guest.changes.at(-1)?.state.name === 'left');
  });

  test('loses the network, and comes back as the same participant, time after time', async () => {
    const guest = await joined();
    const before = theParticipant();
    for (let drop = 1; drop <= 3; drop++) {
      guest.network.setLost(true);
      await guest.is('reconnecting');
      guest.network.setLost(false);
      await guest.is('joined');
      expect(theParticipant()).toMatchObject({ id: before.id, endpoint: before.endpoint, joins: drop + 1 });
      expect(guest.session.state).toEqual({ name: 'joined', identityPreserved: true });
    }
    expect(guest.tokens.length).toBeGreaterThan(3);
  });

  test('says what it does on its way back', async () => {
    const guest = await joined();
    guest.network.setLost(true);
    await guest.is('reconnecting');
    expect(guest.session.reason).toBe('unreachable');
    guest.network.setLost(false);
    await guest.is('joined');
    await until(() => guest.path().at(-1) === 'joined');
    const steps = guest.changes.map(({ step }) => step);
    const back = steps.slice(steps.lastIndexOf('asking-for-token'));
    expect(back).toEqual(['asking-for-token', 'discovering', 'creating-application', 'connecting', 'joined']);
    expect(guest.path().slice(-5, -1)).toEqual(Array(4).fill('reconnecting'));
  });

  test('who drops out in the lobby waits there again, once', async () => {
    const guest = await inLobby();
    guest.network.setLost(true);
    await guest.is('reconnecting');
    guest.network.setLost(false);
    await guest.is('lobby');
    expect(theParticipant()).toMatchObject({ state: 'lobby', joins: 2 });
    guests.room(stage).admit(theParticipant().id);
    await guest.is('joined');
  });

  test('has to be admitted again after a drop where the meeting wants that', async () => {
    guests.world.meetings.behaviour.lobbyOnRejoin = true;
    const guest = await inLobby();
    guests.room(stage).admit(theParticipant().id);
    await guest.is('joined');
    guest.network.setLost(true);
    await guest.is('reconnecting');
    guest.network.setLost(false);
    await guest.is('lobby');
    guests.room(stage).admit(theParticipant().id);
    await guest.is('joined');
  });

  test('who joins from a second place takes its own; the first is told that it is over there', async () => {
    const first = await joined();
    const again = await guests.app.rejoin(first, new AbortController().signal);
    const second = await guests.newGuest(stage, {
      join: { ...again.join, expiryTime: again.join.expiryTime.toISOString() },
    });
    await Promise.all([second.is('joined'), first.is('failed')]);
    expect(first.session.reason).toBe('meeting-ended');
    expect(theParticipant()).toMatchObject({ joins: 2 });
  });

  test('is not another guest, who is there beside it', async () => {
    await Promise.all([joined(), joined()]);
    expect(roster()).toHaveLength(2);
    expect(new Set(roster().map(({ endpoint }) => endpoint)).size).toBe(2);
  });
});
