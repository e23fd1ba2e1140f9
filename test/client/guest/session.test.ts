import { inspect } from 'node:util';
import { joinMeeting, type GuestChange, type JoinOptions } from '../../../client/guest/guest.ts';
import { until } from '../../support/until.ts';
import { anyStage, stages, startGuestCloud, type GuestCloud, type TestGuest } from './guestCloud.ts';

let guests: GuestCloud;

beforeAll(async () => {
  guests = await startGuestCloud();
});
afterEach(() => guests.reset());
afterAll(() => guests.stop());

const guestToken = {
  token: 'psat=eyJ0eXAiOiJKV1QifQ',
  expiryTime: '2526-01-01T00:00:00.000Z',
  discoverUrl: 'https://noammeetings.resources.lync.example/platformService/discover',
};
const options: JoinOptions = {
  join: guestToken,
  rejoin: () => Promise.resolve(guestToken),
  displayName: 'Dana',
  fetch: () => Promise.reject(new Error('nobody was to be asked')),
};

describe('a guest cannot join', () => {
  test.each<[string, Partial<JoinOptions>]>([
    ['without a name', { displayName: '' }],
    ['with a name of 251 characters', { displayName: 'D'.repeat(251) }],
    ['without a culture', { culture: '' }],
    ['with a user agent of 101 characters', { userAgent: 'u'.repeat(101) }],
    ['without a token', { join: { ...guestToken, token: '' } }],
    ['with a token that fits no header', { join: { ...guestToken, token: 'psat=1\r\nx: y' } }],
    ['with a time that is none', { join: { ...guestToken, expiryTime: 'soon' } }],
    ['over plain http', { join: { ...guestToken, discoverUrl: guestToken.discoverUrl.replace('https', 'http') } }],
    [
      'with credentials in the URL',
      { join: { ...guestToken, applicationsUrl: 'https://me:too@lyncweb.contoso.example/' } },
    ],
    ['at no URL at all', { join: { ...guestToken, discoverUrl: '/platformService/discover' } }],
  ])('%s', (_, change) => {
    const join = (): unknown => joinMeeting({ ...options, ...change });
    expect(join).toThrow(TypeError);
    expect(join).not.toThrow(/psat/);
  });
});

test('a guest without a URL to join at fails with a coded reason, and sends nothing', async () => {
  const { token, expiryTime } = guestToken;
  const session = joinMeeting({ ...options, join: { token, expiryTime } });
  await until(() => session.state.name === 'failed');
  expect(session.state).toEqual({ name: 'failed', reason: 'unusable-answer', refusal: {} });
});

describe('a listener of a session', () => {
  test('gets the present state, then each change in its order, until it unsubscribes', async () => {
    const guest = await guests.newGuest(anyStage);
    const { session } = guest;
    await guest.is('joined');
    const notified: GuestChange[] = [];
    const stop = session.subscribe((change) => notified.push(change));
    expect(notified).toEqual([]);
    await until(() => notified.length === 1);
    expect(notified[0]).toMatchObject({ state: { name: 'joined' }, step: 'joined' });
    expect(Date.now() - (notified[0]?.at ?? 0)).toBeLessThan(5_000);
    stop();
    stop();
    await session.leave();
    const late: GuestChange[] = [];
    session.subscribe((change) => late.push(change));
    await until(() => late.length === 1);
    expect(late[0]).toMatchObject({ state: { name: 'left' } });
    expect(notified).toHaveLength(1);
  });

  test('gets times that never go back', async () => {
    const guest = await guests.newGuest(anyStage);
    await guest.is('joined');
    await until(() => guest.changes.length === 4);
    const times = guest.changes.map(({ at }) => at);
    expect(times).toEqual([...times].sort((one, other) => one - other));
  });

  test('that is subscribed twice is called twice', async () => {
    const { session } = await guests.newGuest(anyStage);
    let notified = 0;
    const listener = (): void => {
      notified++;
    };
    const stop = session.subscribe(listener);
    session.subscribe(listener);
    await until(() => notified >= 2);
    stop();
    const before = notified;
    await session.leave();
    await until(() => notified === before + 1);
  });
});

test('a guest whose signal aborts leaves', async () => {
  const page = new AbortController();
  const guest = await guests.newGuest(anyStage, { signal: page.signal });
  await guest.is('joined');
  page.abort();
  expect(guest.session.state).toEqual({ name: 'left' });
  await guest.session.leave();
  expect(guests.roster(anyStage)).toEqual([]);
});

test('a guest whose signal has aborted before never joins', async () => {
  const guest = await guests.newGuest(anyStage, { signal: AbortSignal.abort() });
  expect(guest.session.state).toEqual({ name: 'left' });
  await guest.session.leave();
  expect(guest.network.sent.map(({ status }) => status)).toEqual([]);
  expect(guests.roster(anyStage)).toEqual([]);
});

test('printing a session shows no token, no session id and no name', async () => {
  const guest = await guests.newGuest(anyStage, { displayName: 'Dana Lööf' });
  await guest.is('joined');
  guests.world.faults.set('guest.join', { status: 400, body: '{"code":"BadRequest"}' });
  guest.network.setLost(true);
  await guest.is('reconnecting');
  guest.network.setLost(false);
  await guest.is('failed').catch(() => guest.session.state);
  const { session, changes, tokens, applicationSessionId } = guest;
  for (const shown of [
    inspect([session, changes], { depth: 9, showHidden: true }),
    JSON.stringify([session, changes]),
  ]) {
    for (const { token, discoverUrl } of tokens) {
      expect(shown).not.toContain(token);
      expect(shown).not.toContain(discoverUrl);
    }
    expect(shown).not.toContain(applicationSessionId);
    expect(shown).not.toContain('Dana');
  }
});

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

  test('joins step by step, and is on the roster when its state says joined', async () => {
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

  test('183: waits in the lobby, and is in the meeting when it has been admitted', async () => {
    const guest = await inLobby();
    expect(theParticipant().state).toBe('lobby');
    expect(guest.path()).not.toContain('joined');
    expect(guests.room(stage).admit(theParticipant().id)).toBe(true);
    await guest.is('joined');
    expect(theParticipant().state).toBe('connected');
    expect(guest.path().slice(-3)).toEqual(['connecting', 'lobby', 'joined']);
  });

  test('183: fails when it was denied, and asks for no token', async () => {
    const guest = await inLobby();
    expect(guests.room(stage).deny(theParticipant().id)).toBe(true);
    await guest.is('failed');
    expect(guest.session.reason).toBe('denied');
    expect(guest.session.state).toMatchObject({ refusal: { code: 'RemoteFailure', subcode: 'Denied' } });
    expect(roster()).toEqual([]);
    expect(guest.tokens).toHaveLength(1);
  });

  test('fails when it was ejected, and asks for no token', async () => {
    const guest = await joined();
    expect(guests.room(stage).eject(theParticipant().id)).toBe(true);
    await guest.is('failed');
    expect(guest.session.reason).toBe('ejected');
    expect(roster()).toEqual([]);
    expect(guest.tokens).toHaveLength(1);
  });

  test('fails when the meeting has ended, in the room as in the lobby', async () => {
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

  test('loses the network, and comes back as the same participant, three times', async () => {
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

  test('has a step for each part of its way back', async () => {
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

  test('who joins from a second device replaces its first session, which fails', async () => {
    const first = await joined();
    const again = await guests.app.rejoin(first, new AbortController().signal);
    const second = await guests.newGuest(stage, {
      join: { ...again.join, expiryTime: again.join.expiryTime.toISOString() },
    });
    await Promise.all([second.is('joined'), first.is('failed')]);
    expect(first.session.reason).toBe('meeting-ended');
    expect(theParticipant()).toMatchObject({ joins: 2 });
  });

  test('is another participant than the guest beside it', async () => {
    await Promise.all([joined(), joined()]);
    expect(roster()).toHaveLength(2);
    expect(new Set(roster().map(({ endpoint }) => endpoint)).size).toBe(2);
  });
});
