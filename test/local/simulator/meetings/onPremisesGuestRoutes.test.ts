import {
  applicationsUrl,
  bearer,
  conferenceUri,
  guest,
  href,
  startOnPremises,
  type OnPremisesTest,
} from '../upstreams/onPremises/onPremises.ts';

const poolUrl = applicationsUrl.replace('lyncweb', 'pool02');
const json = { 'content-type': 'application/json' };
const body = { culture: 'en-US', endpointId: 'e1', userAgent: 'test' };

let simulator: OnPremisesTest;

beforeAll(async () => {
  simulator = await startOnPremises();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

const create = (url: string, token?: string) =>
  simulator.ask(url, { method: 'POST', body, headers: token === undefined ? {} : { ...json, ...bearer(token) } });

test("a host's own token creates an application", async () => {
  const reply = await create(poolUrl, await simulator.guestToken('pool02.contoso.example'));
  expect(reply.status).toBe(201);
  expect(href(reply, 'self')).toMatch(/^\/ucwa\/oauth\/v1\/applications\/\d{11,12}$/);
  expect(reply.headers.location).toBe(href(reply, 'self'));
});

test.each(['POST', 'GET'])("158: %s without a token gets that host's own challenge", async (method) => {
  const { status, headers } = await simulator.ask(poolUrl, { method });
  expect(status).toBe(401);
  expect(headers['www-authenticate']).toBe(
    'MsRtcOAuth href="https://pool02.contoso.example/WebTicket/oauthtoken",' +
      'grant_type="urn:microsoft.rtc:windows,urn:microsoft.rtc:anonmeeting,password"',
  );
  simulator.behave({ applicationsChallenge: 'none' });
  expect((await simulator.ask(poolUrl, { method })).headers['www-authenticate']).toBeUndefined();
});

test.each([
  ['GET', ''],
  ['DELETE', ''],
  ['GET', '/events?ack=1'],
  ['POST', '/communication/onlineMeetingInvitations'],
])('158: %s of an application%s without a token gets the challenge, and with a bad one too', async (method, below) => {
  const self = String(href(await create(applicationsUrl, await simulator.guestToken()), 'self'));
  const url = new URL(`${self}${below}`, applicationsUrl).href;
  const expected = 'MsRtcOAuth href="https://lyncweb.contoso.example/WebTicket/oauthtoken"';
  for (const headers of [{}, bearer('cwt=AAEB')]) {
    const refused = await simulator.ask(url, { method, headers });
    expect(refused.status).toBe(401);
    expect(refused.headers['www-authenticate']).toContain(expected);
  }
});

test.each(['OPTIONS', 'HEAD', 'TRACE'])('202: %s is 405, with a token or without', async (method) => {
  const headers = bearer(await simulator.guestToken());
  for (const given of [{ method }, { method, headers }]) {
    const reply = await simulator.ask(applicationsUrl, given);
    expect(reply.status).toBe(405);
    // There is no body in the answer to HEAD.
    if (method !== 'HEAD') expect(reply.json).toMatchObject({ code: 'MethodNotAllowed' });
  }
});

test('205: version 1.0 says so, has its own path, and does not have what a later version has', async () => {
  const [host, path] = ['lyncweb.litware.example', '/ucwa/v1/applications'];
  const form = { ...guest, ms_rtc_conferenceuri: conferenceUri.replace('contoso', 'litware') };
  const token = await simulator.guestToken(host, form);
  const reply = await create(`https://${host}${path}`, token);
  expect([reply.status, reply.headers['x-ms-ucwaversion']]).toEqual([201, '1.0']);
  expect(href(reply, 'self')).toMatch(/^\/ucwa\/v1\/applications\//);
  const headers = { ...bearer(token), 'x-ms-requiresminresourceversion': '2' };
  expect(await simulator.ask(`https://${host}${path}`, { headers })).toMatchObject({
    status: 404,
    json: { subcode: 'APIVersionNotSupported' },
  });
});

test("162, 163: another host's token gets 401, or as switched 403 with 28055 or 500 as HTML with 28032", async () => {
  const token = await simulator.guestToken();
  const refused = await create(poolUrl, token);
  expect(refused.status).toBe(401);
  expect(refused.headers['www-authenticate']).toContain('https://pool02.contoso.example/WebTicket/oauthtoken');

  simulator.behave({ badTokenAtApplications: 403 });
  const forbidden = await create(poolUrl, token);
  expect(forbidden.status).toBe(403);
  expect(forbidden.headers['x-ms-diagnostics']).toMatch(/^28055;/);
  expect(forbidden.headers['www-authenticate']).toContain('MsRtcOAuth');

  simulator.behave({ badTokenAtApplications: 500 });
  const failed = await create(poolUrl, token);
  expect(failed).toMatchObject({ status: 500, json: undefined });
  expect(failed.headers).toMatchObject({
    'content-type': 'text/html',
    'x-ms-diagnostics': '28032;source="fe01.contoso.example";reason="The web ticket is invalid."',
  });
});

test("a fault brings UCWA's own error, the challenge, or a proxy's page", async () => {
  const token = await simulator.guestToken();
  const failWith = (status: number) => {
    simulator.world.faults.set('ucwa.applications', { status });
    return create(applicationsUrl, token);
  };
  expect(await failWith(403)).toMatchObject({ status: 403, json: { code: 'Forbidden' } });
  expect(await failWith(429)).toMatchObject({ status: 429, json: { code: 'TooManyRequests' } });
  expect((await failWith(401)).headers['www-authenticate']).toContain('MsRtcOAuth');
  expect((await failWith(502)).headers['content-type']).toBe('text/html');
  simulator.world.faults.set('ucwa.events', { status: 503 });
  expect(await simulator.ask(`${applicationsUrl}/1/events`)).toMatchObject({
    status: 503,
    json: { code: 'ServiceUnavailable' },
  });
});

test('only POST is served', async () => {
  const headers = bearer(await simulator.guestToken());
  expect(await simulator.ask(applicationsUrl, { headers })).toMatchObject({
    status: 405,
    json: { code: 'MethodNotAllowed' },
  });
});
