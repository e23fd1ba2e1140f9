import { stages, startGuestCloud, type GuestCloud, type TestGuest } from './guestCloud.ts';
import { rewriting } from './rewriting.ts';
import { until } from '../../support/until.ts';

let guests: GuestCloud;

beforeAll(async () => {
  guests = await startGuestCloud();
});
afterEach(() => guests.reset());
afterAll(() => guests.stop());

const isJoin = ({ method, url }: { method: string; url: string }): boolean =>
  method === 'POST' && url.includes('/onlineMeetingInvitations');
const joinOf = ({ network }: TestGuest) => network.sent.filter(isJoin);

describe.each(stages)('the outcome of a join on $title', (stage) => {
  const behaviour = () => guests.world.meetings.behaviour;
  const room = () => guests.room(stage);
  const roster = () => guests.roster(stage);

  test('178, 179: is not told by the answer, which is empty and says only that it has begun', async () => {
    behaviour().accessLevel = 'Locked';
    const answers: string[] = [];
    const noted = rewriting((answer) => {
      if (isJoin(answer)) answers.push(`${answer.status} ${answer.body}`);
      return undefined;
    });
    const guest = await guests.newGuest(stage, {}, noted);
    await guest.is('lobby');
    await until(() => answers.length > 0);
    expect(answers).toEqual(['201 ']);
    expect(guest.path()).not.toContain('joined');
    expect(room().admit(roster()[0]?.id ?? '')).toBe(true);
    await guest.is('joined');
  });

  test('180: is known by the operation’s id when the events come before the answer', async () => {
    behaviour().eventsBeforeAnswer = true;
    const guest = await guests.newGuest(stage);
    let answeredWhenJoined: unknown = 'never joined';
    guest.session.subscribe(({ state }) => {
      if (state.name === 'joined') answeredWhenJoined = joinOf(guest)[0]?.status;
    });
    await guest.is('joined');
    await until(() => joinOf(guest)[0]?.status === 201);
    expect(answeredWhenJoined).toBeUndefined();
    expect(guest.session.state.name).toBe('joined');
  });

  test('180: is known by where the invitation is when events do not say whose they are, be they early or late', async () => {
    for (const eventsBeforeAnswer of [true, false]) {
      Object.assign(behaviour(), { eventsBeforeAnswer });
      const nameless = rewriting(({ body }) => ({ body: body.replaceAll('"operationId"', '"operation"') }));
      const guest = await guests.newGuest(stage, {}, nameless);
      await guest.is('joined');
      expect(joinOf(guest)).toHaveLength(1);
      await guest.session.leave();
    }
  });

  test('180: is not taken from the invitation of somebody else', async () => {
    let real = '';
    const foreign = rewriting((answer) => {
      if (!answer.url.includes('/events')) return undefined;
      real ||= /"operationId":"([^"]+)"/.exec(answer.body)?.[1] ?? '';
      return { body: answer.body.replace(/"operationId":"[^"]+"/g, '"operationId":"another"') };
    });
    const guest = await guests.newGuest(stage, {}, foreign);
    await until(() => real !== '' && roster()[0]?.state === 'connected' && joinOf(guest)[0]?.status === 201);
    await guests.newGuest(stage).then((other) => other.is('joined'));
    expect(guest.session.state.name).toBe('connecting');
  });

  test('180: is understood by a page that is not let see where the invitation is, of events that name nobody', async () => {
    const blind = rewriting(({ headers, body }) => {
      headers.delete('location');
      return { headers, body: body.replaceAll('"operationId"', '"operation"') };
    });
    const guest = await guests.newGuest(stage, {}, blind);
    await guest.is('joined');
  });

  test('is understood where links of events are absolute', async () => {
    const absolute = rewriting(({ url, body }) => ({
      body: body.replaceAll('"href":"/', `"href":"${new URL(url).origin}/`),
    }));
    behaviour().accessLevel = 'Invited';
    const guest = await guests.newGuest(stage, {}, absolute);
    await guest.is('lobby');
    room().deny(roster()[0]?.id ?? '');
    await guest.is('failed');
    expect(guest.session.reason).toBe('denied');
  });

  test('181: is understood from the completed event alone', async () => {
    behaviour().joinEvents = 'completed-only';
    const guest = await guests.newGuest(stage);
    await guest.is('joined');
    expect(roster()).toMatchObject([{ state: 'connected' }]);
  });

  test('181: is understood from the completed event alone where the guest had to wait', async () => {
    Object.assign(behaviour(), { joinEvents: 'completed-only', accessLevel: 'Invited' });
    const guest = await guests.newGuest(stage);
    await until(() => joinOf(guest)[0]?.status === 201 && roster()[0]?.state === 'lobby');
    expect(guest.session.state.name).toBe('connecting');
    room().admit(roster()[0]?.id ?? '');
    await guest.is('joined');
  });

  test('183: stays Connecting while the guest is in the lobby', async () => {
    behaviour().accessLevel = 'SameEnterprise';
    const states: string[] = [];
    const noted = rewriting(({ url, body }) => {
      if (url.includes('/events'))
        states.push(...[...body.matchAll(/"state":"(\w+)"/g)].map(([, state = '']) => state));
      return undefined;
    });
    const guest = await guests.newGuest(stage, {}, noted);
    await guest.is('lobby');
    expect(states).toContain('InLobby');
    expect(new Set(states)).toEqual(new Set(['Connecting', 'InLobby']));
  });

  test.each([
    ['Denied', 'denied'],
    ['Removed', 'ejected'],
    ['Ended', 'meeting-ended'],
    ['InviteesOnly', 'invitees-only'],
    ['TooManyParticipants', 'too-many-participants'],
    ['TooManyLobbyParticipants', 'too-many-participants'],
    ['DestinationNotFound', 'meeting-not-found'],
    ['Timeout', 'lobby-timeout'],
    ['SomethingNew', 'refused'],
    ['constructor', 'refused'],
  ])(
    '182: of a failure with the subcode %s is %s, and the words are kept for the log',
    async (reasonSubcode, reason) => {
      Object.assign(behaviour(), { reasonSubcode, accessLevel: 'Invited' });
      const guest = await guests.newGuest(stage);
      await guest.is('lobby');
      room().deny(roster()[0]?.id ?? '');
      await guest.is('failed');
      expect(guest.session.state).toEqual({
        name: 'failed',
        reason,
        refusal: { code: 'RemoteFailure', subcode: reasonSubcode },
      });
    },
  );

  test('182: of a failure without subcode is a refusal', async () => {
    Object.assign(behaviour(), { reasonSubcode: '', accessLevel: 'Invited', joinEvents: 'completed-only' });
    const guest = await guests.newGuest(stage);
    await until(() => roster()[0]?.state === 'lobby');
    room().deny(roster()[0]?.id ?? '');
    await guest.is('failed');
    expect(guest.session.state).toMatchObject({ reason: 'refused', refusal: { code: 'RemoteFailure' } });
  });

  test('that comes after the guest was in for a while says why it was put out', async () => {
    behaviour().reasonSubcode = 'SomethingNew';
    const guest = await guests.newGuest(stage);
    await guest.is('joined');
    room().eject(roster()[0]?.id ?? '');
    await guest.is('failed');
    expect(guest.session.state).toMatchObject({ reason: 'refused', refusal: { subcode: 'SomethingNew' } });
  });
});
