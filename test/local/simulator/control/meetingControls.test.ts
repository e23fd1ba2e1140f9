import { at } from '../setUp.ts';
import { startMeetings, type MeetingTest } from '../meetings/guests.ts';

let simulator: MeetingTest;

beforeAll(async () => {
  simulator = await startMeetings();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

const control = (method: string, path: string, body?: unknown) =>
  simulator.ask(`${simulator.control.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${simulator.control.token}` },
    body,
  });
const meeting = () => simulator.meeting('the platform');

test('meetings in progress are listed with their rosters, and read by id or conference URI', async () => {
  await simulator.joined('the platform', 'Ada', 'session-of-ada');
  const shown = {
    id: meeting().id,
    conferenceUri: meeting().conferenceUri,
    accessLevel: 'Everyone',
    ended: false,
    roster: [{ displayName: 'Ada', endpoint: 'session-of-ada', state: 'connected', joins: 1 }],
  };
  expect(await control('GET', '/meetings')).toMatchObject({ status: 200, json: [shown] });
  for (const name of [meeting().id, encodeURIComponent(meeting().conferenceUri)]) {
    expect(await control('GET', `/meetings/${name}`)).toMatchObject({ status: 200, json: shown });
  }
});

test('an advisor opens a meeting with a lobby, admits, denies, ejects and ends', async () => {
  const { conferenceUri } = await simulator.bearer('the platform');
  const opened = await control('POST', '/meetings', { conferenceUri, accessLevel: 'Invited' });
  expect(opened).toMatchObject({ status: 200, json: { accessLevel: 'Invited', roster: [] } });
  const path = `/meetings/${String(at(opened.json, 'id'))}`;
  for (const name of ['Ada', 'Ben']) await simulator.joined('the platform', name);
  const [ada, ben] = meeting().lobby.map(({ id }) => id);

  expect(await control('POST', `${path}/admit`, { participantId: ada })).toMatchObject({
    status: 200,
    json: { roster: [{ state: 'connected' }, { state: 'lobby' }] },
  });
  expect((await control('POST', `${path}/deny`, { participantId: ben })).json).toMatchObject({ roster: [{ id: ada }] });
  expect((await control('POST', `${path}/eject`, { participantId: ada })).json).toMatchObject({ roster: [] });
  expect((await control('PATCH', path, { accessLevel: 'Everyone' })).json).toMatchObject({ accessLevel: 'Everyone' });
  expect((await control('POST', `${path}/end`)).json).toMatchObject({ ended: true });
});

test('who is not there cannot be decided about', async () => {
  await simulator.joined('the platform');
  expect(await control('POST', `/meetings/${meeting().id}/admit`, { participantId: 'nobody' })).toMatchObject({
    status: 404,
    json: { error: 'There is no such participant to be decided about.' },
  });
  expect(await control('GET', '/meetings/nowhere')).toMatchObject({
    status: 404,
    json: { error: 'There is no such meeting in progress.' },
  });
});

test('the behaviour of meetings is changed in part', async () => {
  const changed = await control('PATCH', '/meetings', { accessLevel: 'Locked', gone: 'TooManyApplications' });
  expect(changed).toMatchObject({ status: 200, json: { accessLevel: 'Locked', expirySeconds: 900 } });
  expect((await control('GET', '/state')).json).toMatchObject({ meetings: { gone: 'TooManyApplications' } });
  await control('PATCH', '/meetings', { gone: null, reasonSubcode: null });
  expect(simulator.world.meetings.behaviour).toMatchObject({ gone: undefined, accessLevel: 'Locked' });
});

test('the clock is put forward, and what is due happens', async () => {
  const guest = await simulator.enter(await simulator.bearer('the platform'));
  const before = simulator.world.now();
  const answer = guest.poll();
  await simulator.untilPolled(guest);
  expect((await control('POST', '/clock', { advanceMs: 180_000 })).json).toEqual({ now: before + 180_000 });
  expect((await answer).status).toBe(200);
  await simulator.reset();
  expect(simulator.world.now()).toBe(before);
});

test('every application can be ended, as when a server starts anew', async () => {
  const guest = await simulator.joined('the platform');
  expect((await control('POST', '/guests/end')).status).toBe(204);
  expect((await guest.ask(guest.self)).status).toBe(404);
  expect(meeting().roster).toEqual([]);
});

test.each([
  ['POST', '/meetings', { accessLevel: 'Everyone' }, /conferenceUri/],
  ['POST', '/meetings', { conferenceUri: 'sip:x', accessLevel: 'Some' }, /accessLevel/],
  ['PATCH', '/meetings', { gone: 'Fishing' }, /gone/],
  ['PATCH', '/meetings', { other: 1 }, /other/],
  ['POST', '/clock', { advanceMs: -1 }, /advanceMs/],
])('%s %s with %j is refused in a sentence', async (method, path, body, sentence) => {
  const { status, json } = await control(method, path, body);
  expect(status).toBe(400);
  expect(at(json, 'error')).toMatch(sentence);
});
