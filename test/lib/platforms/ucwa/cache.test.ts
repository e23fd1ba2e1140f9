import type { MeetingPlatform } from '../../../../lib/platforms/platform.ts';
import { contoso, guestOf, requestSignal, startAdapter, type AdapterUnderTest } from './adapterUnderTest.ts';

let adapter: AdapterUnderTest;
let platform: MeetingPlatform;
beforeAll(async () => {
  adapter = await startAdapter();
});
beforeEach(async () => {
  await adapter.reset();
  platform = adapter.newPlatform();
});
afterAll(() => adapter.stop());

const issue = (meetingUrl?: string) => platform.issue(guestOf(meetingUrl), requestSignal());
const discoveries = (): number => adapter.world.counts()['ucwa.root'];

/** A second meeting, of the same organizer or of another. */
function addMeeting(organizer: string, id: string): string {
  const url = `https://meet.contoso.example/somebody/${id}`;
  adapter.world.onPremises.meetings.push({
    url,
    conferenceUri: `sip:${organizer}@contoso.example;gruu;opaque=app:conf:focus:id:${id}`,
    conferenceKey: id,
    page: 'conf-info',
    home: 'here',
  });
  return url;
}

test('77, 84: the next guest costs a token and nothing else: no discovery, no challenge', async () => {
  const first = await issue();
  adapter.world.calls.length = 0;
  const second = await issue();
  expect(adapter.arrived()).toEqual([contoso.tickets]);
  expect(second).toMatchObject({ discoverUrl: first.discoverUrl, applicationsUrl: first.applicationsUrl });
  expect(second.token).not.toBe(first.token);
});

test.each([403, 502])('78, 79: %i from the servers clears the cache, and they are looked up again', async (status) => {
  await issue();
  adapter.world.faults.set('ucwa.token', { status, times: 1 });
  await expect(issue()).resolves.toHaveProperty('token');
  expect(discoveries()).toBe(2);
});

test('80: a connection that breaks is tried again before the cache is cleared', async () => {
  await issue();
  adapter.world.faults.set('ucwa.token', { cut: 'before-answer', times: 2 });
  await expect(issue()).resolves.toHaveProperty('token');
  expect(discoveries()).toBe(1);
});

test('80: a connection that breaks at every try clears the cache', async () => {
  await issue();
  adapter.world.faults.set('ucwa.token', { cut: 'before-answer', times: 3 });
  await expect(issue()).resolves.toHaveProperty('token');
  expect(discoveries()).toBe(2);
});

test.each([400, 401, 404, 408, 409, 410, 412, 413, 415, 428, 429, 500, 503, 504])(
  '82: the cache survives %i',
  async (status) => {
    await issue();
    adapter.world.faults.set('ucwa.token', { status });
    await expect(issue()).rejects.toHaveProperty('name', 'Problem');
    adapter.world.faults.clear();
    adapter.world.calls.length = 0;
    await issue();
    expect(adapter.arrived()).toEqual([contoso.tickets]);
  },
);

test.each(['invalid_request', 'invalid_grant', 'unsupported_grant_type', 'invalid_scope', 'server_error'])(
  '82: the cache survives 400 with %s',
  async (error) => {
    await issue();
    adapter.world.faults.set('ucwa.token', { status: 400, body: JSON.stringify({ error }) });
    await expect(issue()).rejects.toHaveProperty('name', 'Problem');
    adapter.world.faults.clear();
    await issue();
    expect(discoveries()).toBe(1);
  },
);

test('83: two organizers of one domain are looked up each for themselves', async () => {
  await issue();
  await issue(addMeeting('mary', 'AB12CD34'));
  expect(discoveries()).toBe(2);
});

test('11, 83: two meetings of one organizer share what is known, whatever the case of the name', async () => {
  await issue();
  await issue(addMeeting('John', 'AB12CD34'));
  expect(discoveries()).toBe(1);
});

test("84: the challenge of UCWA's own host counts where it is not the user resource's", async () => {
  adapter.behave({ applicationsOn: 'other-pool' });
  const { token } = await issue();
  expect(adapter.world.onPremises.issued.find((ticket) => ticket.token === token)?.host).toBe('pool02.contoso.example');
});

test("84: where UCWA's host challenges without a header, the user resource's challenge counts", async () => {
  adapter.behave({ applicationsOn: 'other-pool', applicationsChallenge: 'none' });
  const { token } = await issue();
  expect(adapter.world.onPremises.issued.find((ticket) => ticket.token === token)?.host).toBe(
    'lyncweb.contoso.example',
  );
});

test("84: an outage of UCWA's host is not taken for a challenge without a header", async () => {
  adapter.behave({ applicationsOn: 'other-pool' });
  adapter.world.faults.set('ucwa.applications', { status: 500 });
  await expect(issue()).rejects.toMatchObject({ code: 'platform-unavailable' });
  adapter.world.faults.clear();
  const { token } = await issue();
  expect(adapter.world.onPremises.issued.find((ticket) => ticket.token === token)?.host).toBe('pool02.contoso.example');
});

test('85: a discovery that failed, or was blocked, leaves nothing behind', async () => {
  adapter.behave({ externalRoot: 'not-found' });
  await expect(issue()).rejects.toMatchObject({ code: 'platform-unavailable' });
  adapter.behave({ externalRoot: 'usual', redirect: 'foreign' });
  await expect(issue()).rejects.toMatchObject({ code: 'platform-refused' });
  adapter.behave({ redirect: 'none' });
  await expect(issue()).resolves.toHaveProperty('discoverUrl', contoso.userLink);
  expect(discoveries()).toBe(3);
});

test.each([
  ['403', { status: 403 }],
  ['502', { status: 502 }],
  ['a broken connection', { cut: 'before-answer' }],
] as const)(
  '86: servers that go on with %s are looked up again once for a request, new or renewed',
  async (_, fault) => {
    const { identity } = await issue();
    for (const request of [() => issue(), () => platform.reissue(guestOf(), identity, requestSignal())]) {
      adapter.world.faults.clear();
      platform = adapter.newPlatform();
      await issue();
      adapter.world.calls.length = 0;
      adapter.world.faults.set('ucwa.token', fault);
      await expect(request()).rejects.toHaveProperty('name', 'Problem');
      expect(discoveries()).toBe(1);
    }
  },
);

test('87: guests who come at once for one organizer wait for one discovery', async () => {
  const joins = await Promise.all(Array.from({ length: 8 }, () => issue()));
  expect(new Set(joins.map(({ token }) => token)).size).toBe(8);
  expect(adapter.world.counts()).toMatchObject({ 'ucwa.meet': 1, 'ucwa.root': 1, 'ucwa.user': 2 });
});

test('87: a guest who gives up does not end the discovery for the others', async () => {
  adapter.world.faults.set('ucwa.root', { delayMs: 300, times: 1 });
  const impatient = platform.issue(guestOf(), AbortSignal.timeout(100));
  const patient = issue();
  await expect(impatient).rejects.toMatchObject({ code: 'platform-timeout' });
  await expect(patient).resolves.toHaveProperty('token');
  expect(discoveries()).toBe(1);
});
