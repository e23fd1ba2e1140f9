import { inspect } from 'node:util';
import { joinMeeting, type GuestChange, type JoinOptions } from '../../../client/guest/guest.ts';
import { until } from '../../support/until.ts';
import { anyStage, startGuestCloud, type GuestCloud } from './guestCloud.ts';

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

describe('who listens to a guest', () => {
  test('is told the present state, then each change in its order, until that is stopped', async () => {
    const guest = await guests.newGuest(anyStage);
    const { session } = guest;
    await guest.is('joined');
    const told: GuestChange[] = [];
    const stop = session.subscribe((change) => told.push(change));
    expect(told).toEqual([]);
    await until(() => told.length === 1);
    expect(told[0]).toMatchObject({ state: { name: 'joined' }, step: 'joined' });
    expect(Date.now() - (told[0]?.at ?? 0)).toBeLessThan(5_000);
    stop();
    stop();
    await session.leave();
    const late: GuestChange[] = [];
    session.subscribe((change) => late.push(change));
    await until(() => late.length === 1);
    expect(late[0]).toMatchObject({ state: { name: 'left' } });
    expect(told).toHaveLength(1);
  });

  test('is told of times that never go back', async () => {
    const guest = await guests.newGuest(anyStage);
    await guest.is('joined');
    await until(() => guest.changes.length === 4);
    const times = guest.changes.map(({ at }) => at);
    expect(times).toEqual([...times].sort((one, other) => one - other));
  });

  test('twice with one function is told twice', async () => {
    const { session } = await guests.newGuest(anyStage);
    let told = 0;
    const listener = (): void => {
      told++;
    };
    const stop = session.subscribe(listener);
    session.subscribe(listener);
    await until(() => told >= 2);
    stop();
    const before = told;
    await session.leave();
    await until(() => told === before + 1);
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

test('a guest whose signal has aborted before never comes', async () => {
  const guest = await guests.newGuest(anyStage, { signal: AbortSignal.abort() });
  expect(guest.session.state).toEqual({ name: 'left' });
  await guest.session.leave();
  expect(guest.network.sent.map(({ status }) => status)).toEqual([]);
  expect(guests.roster(anyStage)).toEqual([]);
});

test('who prints a guest sees no token, no session and no name', async () => {
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
