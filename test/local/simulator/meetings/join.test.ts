import { at, type Reply } from '../setUp.ts';
import { eventsOf, inShort, json, platforms, startMeetings, type MeetingTest, type TestGuest } from './guests.ts';

let simulator: MeetingTest;

beforeAll(async () => {
  simulator = await startMeetings();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

const parametersOf = (reply: Reply) => Object.keys(at(reply.json, 'parameters') as object);
const shortEvents = async (guest: TestGuest) => inShort(await guest.events());

const joinedEvents = [
  'onlineMeetingInvitation started Connecting',
  'conversation added Connecting',
  'conversation updated Conferenced',
  'localParticipant added Ada',
  'onlineMeetingInvitation completed Success Connected',
];
const lobbyEvents = [
  'onlineMeetingInvitation started Connecting',
  'conversation added Connecting',
  'conversation updated InLobby',
  'onlineMeetingInvitation updated Connecting',
];

describe.each(platforms)('a join on %s', (platform) => {
  const enter = async () => simulator.enter(await simulator.bearer(platform));
  const meeting = () => simulator.meeting(platform);

  test('178: is answered 201 with its Location and no body', async () => {
    const guest = await enter();
    const reply = await guest.join();
    expect(reply).toMatchObject({ status: 201, text: '' });
    const { location = '' } = reply.headers;
    expect(location).toMatch(new RegExp(`^${guest.self}/communication/invitations/[0-9a-f]{32}$`));
    expect((await guest.ask(location)).json).toMatchObject({
      rel: 'onlineMeetingInvitation',
      operationId: 'op',
      state: 'Connected',
      direction: 'Outgoing',
      importance: 'Normal',
      onlineMeetingUri: guest.conferenceUri,
      anonymousDisplayName: 'Ada',
    });
  });

  test('sends its events in order, the completed invitation last, when the guest is in the roster', async () => {
    const guest = await enter();
    const answer = guest.poll();
    await guest.join();
    const reply = await answer;
    expect(inShort(eventsOf(reply))).toEqual(joinedEvents);
    expect(eventsOf(reply).at(-1)?.resource).toMatchObject({ operationId: 'op' });
    expect(reply.json).toMatchObject({
      _links: { self: { href: `${guest.self}/events?ack=1` }, next: { href: `${guest.self}/events?ack=2` } },
      sender: [
        { rel: 'communication', href: `${guest.self}/communication` },
        { rel: 'conversation', href: expect.stringMatching(/\/conversations\/[0-9a-f]{32}$/) as string },
        { rel: 'communication' },
      ],
    });
    expect(meeting().roster).toMatchObject([
      { endpoint: guest.endpoint, displayName: 'Ada', state: 'connected', joins: 1 },
    ]);
  });

  test('shows the other participants, and later who joins and leaves', async () => {
    const ada = await simulator.joined(platform, 'Ada');
    const ben = await simulator.joined(platform, 'Ben');
    expect(await shortEvents(ben)).toContain('participant added Ada');
    expect(await shortEvents(ada)).toEqual([...joinedEvents, 'participant added Ben']);
    const [, conversation] = eventsOf(await ben.ask(ben.eventsUrl));
    const { json: listed } = await ben.ask(`${conversation?.href ?? ''}/participants`);
    const shown = at(listed, '_embedded', 'participant') as { name: string; local: boolean; uri: string }[];
    expect(shown.map(({ name, local }) => [name, local])).toEqual([
      ['Ada', false],
      ['Ben', true],
    ]);
    expect(JSON.stringify(shown)).not.toContain('session-');

    const adasNext = ada.events();
    await ben.ask(ben.self, { method: 'DELETE' });
    simulator.world.clock.advance(5_000);
    expect(inShort(await adasNext)).toEqual(['participant deleted Ben']);
  });

  test('is undone by DELETE of its conversation', async () => {
    const guest = await simulator.joined(platform);
    const [, conversation] = await guest.events();
    const href = conversation?.href ?? '';
    expect(await guest.ask(href)).toMatchObject({ status: 200, json: { state: 'Conferenced', participantCount: 1 } });
    const listed = () => guest.ask(`${guest.self}/communication/conversations?filter=active`);
    expect(at((await listed()).json, '_embedded', 'conversation')).toHaveLength(1);

    expect((await guest.ask(href, { method: 'DELETE' })).status).toBe(204);
    expect(meeting().roster).toEqual([]);
    expect(await shortEvents(guest)).toEqual(['conversation deleted']);
    expect(await guest.ask(href)).toMatchObject({ status: 404, json: { subcode: 'ConversationNotFound' } });
    expect(at((await listed()).json, '_embedded', 'conversation')).toEqual([]);
  });

  test('175: another meeting than the token’s, or none, is forbidden without a subcode', async () => {
    const guest = await enter();
    for (const onlineMeetingUri of [guest.conferenceUri.replace(/\w+$/, 'OTHER123'), undefined]) {
      const reply = await guest.join({ onlineMeetingUri });
      expect(reply).toMatchObject({ status: 403, json: { code: 'Forbidden' } });
      expect(reply.json).not.toHaveProperty('subcode');
    }
    expect((await guest.join({ onlineMeetingUri: guest.conferenceUri.replace('sip:', 'SIP:') })).status).toBe(201);
  });

  test('the meeting and the operation may stand in the query', async () => {
    const guest = await enter();
    const query = `?onlineMeetingUri=${encodeURIComponent(guest.conferenceUri)}&operationId=asked`;
    const body = { anonymousDisplayName: 'Ada' };
    const reply = await guest.ask(`${guest.joinUrl}${query}`, { method: 'POST', headers: json, body });
    expect(reply.status).toBe(201);
    expect((await guest.events()).at(-1)?.resource).toMatchObject({ operationId: 'asked' });
  });

  test('176: without a display name, or with too long a one, it is a bad parameter', async () => {
    const guest = await enter();
    for (const anonymousDisplayName of [undefined, '', 'x'.repeat(251)]) {
      const reply = await guest.join({ anonymousDisplayName });
      expect(reply).toMatchObject({ status: 400, json: { subcode: 'ParameterValidationFailure' } });
      expect(parametersOf(reply)).toEqual(['anonymousDisplayName']);
    }
    const others = { operationId: 'x'.repeat(51), subject: 'x'.repeat(251), importance: 'Low' };
    expect(parametersOf(await guest.join(others))).toEqual(['operationId', 'importance', 'subject']);
    expect(meeting().roster).toEqual([]);
  });

  test('177: a meeting that has ended is not found', async () => {
    const guest = await enter();
    meeting().end();
    expect(await guest.join()).toMatchObject({
      status: 404,
      json: { code: 'NotFound', subcode: 'DestinationNotFound' },
    });
  });

  test('183: in the lobby the invitation stays Connecting, until the guest is admitted', async () => {
    simulator.behave({ accessLevel: 'Invited' });
    const guest = await enter();
    const reply = await guest.join();
    expect(await shortEvents(guest)).toEqual(lobbyEvents);
    expect((await guest.ask(reply.headers.location ?? '')).json).toMatchObject({ state: 'Connecting' });

    const next = guest.events();
    expect(meeting().admit(meeting().lobby[0]?.id ?? '')).toBe(true);
    expect(inShort(await next)).toEqual(joinedEvents.slice(2));
  });

  test('182, 183: in the lobby the invitation fails when the guest is denied', async () => {
    simulator.behave({ accessLevel: 'Locked' });
    const guest = await simulator.joined(platform);
    await guest.events();
    meeting().deny(meeting().lobby[0]?.id ?? '');
    const events = await guest.events();
    expect(inShort(events)).toEqual([
      'onlineMeetingInvitation completed Failure Failed Denied',
      'conversation deleted Denied',
    ]);
    expect(events[0]?.reason).toEqual({
      code: 'RemoteFailure',
      subcode: 'Denied',
      message: expect.any(String) as string,
    });
  });

  test('182, 183: in the lobby the invitation fails when the guest has waited for too long', async () => {
    simulator.behave({ accessLevel: 'None', lobbySeconds: 120 });
    const guest = await simulator.joined(platform);
    await guest.events();
    simulator.world.clock.advance(120_000);
    expect(await shortEvents(guest)).toEqual([
      'onlineMeetingInvitation completed Failure Failed Timeout',
      'conversation deleted Timeout',
    ]);
    expect(meeting().roster).toEqual([]);
  });

  test('182: the subcode of a reason can be one that nobody knows, or be left out', async () => {
    simulator.behave({ accessLevel: 'Locked', reasonSubcode: 'SomethingNew' });
    const [first, second] = [await simulator.joined(platform), await simulator.joined(platform)];
    const deny = () => meeting().deny(meeting().lobby[0]?.id ?? '');
    await Promise.all([first.events(), second.events()]);
    deny();
    expect((await shortEvents(first)).at(0)).toBe('onlineMeetingInvitation completed Failure Failed SomethingNew');
    simulator.behave({ reasonSubcode: '' });
    deny();
    expect(at((await second.events())[0]?.reason, 'code')).toBe('RemoteFailure');
    expect(simulator.world.meetings.all[0]?.roster).toEqual([]);
  });

  test('an ejected guest, and everybody at the end of the meeting, loses the conversation', async () => {
    const [ada, ben] = [await simulator.joined(platform, 'Ada'), await simulator.joined(platform, 'Ben')];
    await Promise.all([ada.events(), ben.events()]);
    const [adasNext, bensNext] = [ada.events(), ben.events()];
    meeting().eject(meeting().roster[0]?.id ?? '');
    expect(inShort(await adasNext)).toEqual(['conversation deleted Ejected']);
    meeting().end();
    expect(inShort(await bensNext)).toEqual(['participant deleted Ada', 'conversation deleted Ended']);
  });

  test('180: its events can come before the 201', async () => {
    simulator.behave({ eventsBeforeAnswer: true });
    const guest = await enter();
    const order: string[] = [];
    const polled = guest.events().then(async (events) => {
      order.push('events');
      expect(events.at(-1)).toMatchObject({ status: 'Success', resource: { operationId: 'op' } });
      void guest.poll();
      await joined;
    });
    await simulator.untilPolled(guest);
    const joined = guest.join().then(({ status }) => order.push(String(status)));
    await polled;
    expect(order).toEqual(['events', '201']);
  });

  test('180: where nobody polls, the 201 is not held back', async () => {
    simulator.behave({ eventsBeforeAnswer: true });
    expect((await (await enter()).join()).status).toBe(201);
  });

  test('181: its only event can be the completed invitation', async () => {
    simulator.behave({ joinEvents: 'completed-only' });
    expect(await shortEvents(await simulator.joined(platform))).toEqual([
      'onlineMeetingInvitation completed Success Connected',
    ]);
  });

  test('throttled, it is refused with 429 and Retry-After', async () => {
    const guest = await enter();
    const operation = platform === 'the platform' ? 'guest.join' : 'ucwa.join';
    simulator.world.faults.set(operation, { status: 429, headers: { 'Retry-After': '3' }, times: 1 });
    expect(await guest.join()).toMatchObject({
      status: 429,
      headers: { 'retry-after': '3' },
      json: { code: 'TooManyRequests' },
    });
    expect((await guest.join()).status).toBe(201);
  });

  test('an answer by something in front of UCWA is a page', async () => {
    const guest = await enter();
    const operation = platform === 'the platform' ? 'guest.join' : 'ucwa.join';
    simulator.world.faults.set(operation, { status: 502 });
    expect(await guest.join()).toMatchObject({
      status: 502,
      headers: { 'content-type': 'text/html' },
      json: undefined,
    });
  });
});

test('177: a meeting that the platform does not know, by its URL, is not found', async () => {
  const guest = await simulator.enter(await simulator.bearer('the platform'));
  simulator.world.platform.unknownMeetings = ['https://meet.lync.example/contoso/testuser/1SD8D0WZ'];
  expect(await guest.join()).toMatchObject({ status: 404, json: { subcode: 'DestinationNotFound' } });
});

test('177: a meeting that is no longer there on premises is not found', async () => {
  const guest = await simulator.enter(await simulator.bearer('the servers on premises'));
  simulator.world.onPremises.meetings = [];
  expect(await guest.join()).toMatchObject({ status: 404, json: { subcode: 'DestinationNotFound' } });
});

describe('an ad-hoc meeting', () => {
  const create = async (body: Record<string, unknown>) => {
    const url =
      'https://ring0.resources.lync.example/platformservice/v1/applications/1627259584/adhocMeetings?endpointId=sip:helpdesk@contoso.example';
    const { json: meeting } = await simulator.askPlatform(url, { method: 'POST', headers: json, body });
    return { url: String(at(meeting, 'joinUrl')), uri: String(at(meeting, 'onlineMeetingUri')) };
  };

  test('has the access level that it was created with', async () => {
    const meeting = await create({ accessLevel: 'Invited' });
    const guest = await simulator.enter(await simulator.bearer('the platform', 'ada', meeting.url));
    await guest.join();
    expect(simulator.world.meetings.open(meeting.uri)).toMatchObject({
      accessLevel: 'Invited',
      roster: [{ endpoint: 'ada', state: 'lobby' }],
    });
    expect(simulator.world.meetings.all).toHaveLength(1);
  });

  test('is not found once it has expired', async () => {
    const meeting = await create({ expirationTime: '2026-01-15T13:00:00Z' });
    const guest = await simulator.enter(await simulator.bearer('the platform', 'ada', meeting.url));
    simulator.clock.now += 3_600_000;
    expect(await guest.join()).toMatchObject({ status: 404, json: { subcode: 'DestinationNotFound' } });
  });
});

describe.each(platforms)('a guest who drops out on %s', (platform) => {
  const roster = () =>
    simulator.meeting(platform).roster.map(({ displayName, state, joins }) => `${displayName} ${state} ${joins}`);

  test('is still in the roster, and replaces itself with a rejoin token', async () => {
    const ada = await simulator.joined(platform, 'Ada');
    await simulator.joined(platform, 'Ben');
    const [before] = simulator.meeting(platform).roster;
    expect(roster()).toEqual(['Ada connected 1', 'Ben connected 1']);

    simulator.clock.now += 60_000;
    const again = platform === 'the platform' ? ada.endpoint : ada.token;
    await simulator.joined(platform, 'Ada', again);
    expect(roster()).toEqual(['Ada connected 2', 'Ben connected 1']);
    expect(simulator.meeting(platform).roster[0]).toMatchObject({ id: before?.id, endpoint: ada.endpoint });
    // The old application is notified, if anybody still polls there.
    expect(inShort(await ada.events()).at(-1)).toBe('conversation deleted Ended');
  });

  test('does not lose its new place when the old application ends', async () => {
    const ada = await simulator.joined(platform, 'Ada');
    const again = platform === 'the platform' ? ada.endpoint : ada.token;
    await simulator.joined(platform, 'Ada', again);
    await ada.ask(ada.self, { method: 'DELETE' });
    expect(roster()).toEqual(['Ada connected 2']);
  });

  test('is another participant with a token of its own, and the earlier one stays until it expires', async () => {
    await simulator.joined(platform, 'Ada');
    simulator.clock.now += 200_000;
    await simulator.joined(platform, 'Ada');
    expect(roster()).toEqual(['Ada connected 1', 'Ada connected 1']);
    simulator.world.clock.advance(100_000);
    expect(roster()).toEqual(['Ada connected 1']);
  });

  test('joins again in the same application, and has one conversation', async () => {
    const ada = await simulator.joined(platform, 'Ada');
    await ada.events();
    await ada.join({ operationId: 'again' });
    const events = await ada.events();
    expect(inShort(events).filter((event) => event.startsWith('conversation'))).toEqual([
      'conversation added Connecting',
      'conversation deleted Ended',
      'conversation updated Conferenced',
    ]);
    expect(events.at(-1)?.resource).toMatchObject({ operationId: 'again', state: 'Connected' });
    expect(roster()).toEqual(['Ada connected 2']);
  });
});
