import { startMeetings, type MeetingTest } from '../meetings/guests.ts';
import { at } from '../setUp.ts';

let simulator: MeetingTest;

beforeAll(async () => {
  simulator = await startMeetings();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

const control = (method: string, path: string, body?: unknown, token = simulator.control.token) =>
  simulator.ask(`${simulator.control.url}${path}`, { method, headers: { authorization: `Bearer ${token}` }, body });

test('nobody without the token controls anything', async () => {
  expect((await control('POST', '/reset', {}, 'wrong')).status).toBe(401);
  expect(await simulator.ask(`${simulator.control.url}/state`)).toMatchObject({ status: 401 });
});

test('the state shows behaviour, faults, services and counts, and no secret', async () => {
  simulator.world.faults.set('platform.tokens', { status: 429 });
  await simulator.ask(simulator.platform.discoverUrl);
  const { status, json } = await control('GET', '/state');
  expect(status).toBe(200);
  expect(json).toMatchObject({
    platform: { namespace: 'service:', redirect: 'none' },
    faults: { 'platform.tokens': { status: 429 } },
    servicesDown: [],
    counts: { 'platform.discover': 1, 'vault.secret': 0 },
  });
  expect(at(json, 'platform')).not.toHaveProperty('issued');
});

test('the behaviour is changed in part', async () => {
  const { platform } = simulator.world;
  const reply = await control('PATCH', '/platform', { redirect: 'pool', discoverLink: 'nowhere' });
  expect(reply).toMatchObject({ status: 200, json: { redirect: 'pool', namespace: 'service:' } });
  expect(platform).toMatchObject({ redirect: 'pool', discoverLink: 'nowhere', bom: false });
  await control('PATCH', '/platform', { discoverLink: null });
  expect(platform.discoverLink).toBeUndefined();
});

test('the servers on premises are changed in part, each deployment by itself', async () => {
  const { onPremises } = simulator.world;
  const reply = await control('PATCH', '/on-premises/contoso.example', {
    challenge: 'merged',
    tokenLifetimeSeconds: 60,
  });
  expect(reply).toMatchObject({ status: 200, json: { challenge: 'merged', version: '2.0' } });
  expect(reply.json).not.toHaveProperty('accounts');
  expect(onPremises.behaviour).toMatchObject({
    'contoso.example': { challenge: 'merged', tokenLifetimeSeconds: 60, accounts: { johndoe: 'A3ddj3w' } },
    'litware.example': { challenge: 'unquoted', tokenLifetimeSeconds: 3600 },
  });
  expect((await control('GET', '/state')).json).toMatchObject({
    onPremises: { 'contoso.example': { challenge: 'merged' } },
  });
  await simulator.world.reset();
  expect(onPremises.behaviour['contoso.example'].challenge).toBe('two-lines');
});

test('the meetings on premises are replaced, and come back with a reset', async () => {
  const url = 'https://meet.contoso.example/a/B';
  const meeting = { url, conferenceUri: 'sip:a@contoso.example;gruu;opaque=app:conf:focus:id:B', conferenceKey: 'C' };
  expect((await control('PUT', '/on-premises/meetings', [meeting])).status).toBe(204);
  expect(simulator.world.onPremises.meetings).toEqual([{ ...meeting, page: 'conf-info', home: 'here' }]);
  await simulator.world.reset();
  expect(simulator.world.onPremises.meetings).toHaveLength(6);
});

test('faults are set and cleared, services taken down and brought up', async () => {
  const { faults } = simulator.world;
  expect((await control('PUT', '/faults/vault.secret', { status: 503, times: 3 })).status).toBe(204);
  expect(faults.active).toEqual({ 'vault.secret': { status: 503, times: 3 } });
  expect((await control('DELETE', '/faults/vault.secret')).status).toBe(204);
  expect(faults.active).toEqual({});

  expect((await control('PUT', '/services/vault', { down: true })).status).toBe(204);
  await expect(simulator.ask(simulator.vault.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await control('PUT', '/services/vault', { down: false });
  expect((await simulator.ask(simulator.vault.url)).status).toBe(404);
});

test('secrets are set and removed', async () => {
  const { secrets } = simulator.world;
  await control('PUT', '/secrets/guest-keys', {
    value: 'v',
    expiresAt: '2027-01-01T00:00:00Z',
    contentType: 'text/plain',
  });
  expect(secrets.find('guest-keys')).toMatchObject({ value: 'v', expiresAt: new Date('2027-01-01T00:00:00Z') });
  await control('DELETE', '/secrets/guest-keys');
  expect(secrets.find('guest-keys')).toBeUndefined();
});

test('Entra is given secrets and certificates, and revokes', async () => {
  const { entra } = simulator.world;
  const token = await simulator.entraToken();
  const certificates = [simulator.pem.cert];
  await control('PUT', '/entra', { acceptedSecrets: ['next'], certificates, revokeIssuedTokens: true });
  expect(entra).toMatchObject({ acceptedSecrets: ['next'], certificates, tokenLifetimeSeconds: 3599 });
  const headers = { authorization: `Bearer ${token}` };
  expect((await simulator.ask(simulator.platform.discoverUrl, { headers })).status).toBe(401);
});

test('calls and alerts are read, calls forgotten, everything reset', async () => {
  await simulator.ask('https://hooks.example/alerts', { method: 'POST', body: { status: 'fail' } });
  expect((await control('GET', '/calls')).json).toMatchObject([{ operation: 'hooks', status: 202 }]);
  expect((await control('GET', '/alerts')).json).toMatchObject([{ body: { status: 'fail' } }]);
  await control('DELETE', '/calls');
  expect(simulator.world.calls).toEqual([]);

  simulator.world.platform.bom = true;
  expect((await control('POST', '/reset')).status).toBe(204);
  expect(simulator.world).toMatchObject({ alerts: [], platform: { bom: false } });
});

test.each([
  ['PATCH', '/platform', { redirect: 'elsewhere' }, /^The request is not valid: redirect: .+\.$/],
  ['PATCH', '/platform', { unheard: 1 }, /unheard/],
  ['PATCH', '/platform', 'no json', /^The request is not valid: .+\.$/],
  ['PATCH', '/on-premises/contoso.example', { challenge: 'loud' }, /challenge/],
  ['PATCH', '/on-premises/fabrikam.example', {}, /litware\.example/],
  ['PUT', '/on-premises/meetings', [{ url: 'https://meet.contoso.example/a/B' }], /0\.conferenceUri/],
  ['PUT', '/faults/platform.lunch', { status: 503 }, /platform\.tokens/],
  ['PUT', '/faults/hooks', { share: 2 }, /share/],
  ['PUT', '/services/moon', { down: true }, /vault/],
  ['PUT', '/services/vault', { down: 'yes' }, /down/],
  ['PUT', '/secrets/under_score', { value: 'v' }, /letters, digits and dashes/],
  ['PUT', '/secrets/name', { value: 'v', expiresAt: 'tomorrow' }, /expiresAt/],
  ['PUT', '/entra', { certificates: ['none'] }, /certificates\.0: not a certificate/],
])('%s %s with %j is refused in a sentence', async (method, path, body, sentence) => {
  const { status, json } = await control(method, path, body);
  expect(status).toBe(400);
  expect(at(json, 'error')).toMatch(sentence);
});

test('other paths and methods do not exist', async () => {
  expect((await control('GET', '/other')).status).toBe(404);
  expect((await control('POST', '/state')).status).toBe(405);
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
