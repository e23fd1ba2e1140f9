import type { OnPremisesMeeting } from '../../../../../local/simulator/upstreams/onPremises/meetings.ts';
import { startOnPremises, type OnPremisesTest } from './onPremises.ts';

const danasUrl = 'https://meet.contoso.example/danab/PYC58WSY';
const asking = { accept: 'Application/vnd.microsoft.lync.meeting+xml', 'user-agent': 'anonymous-join' };
const danasUri = 'sip:Dana@contoso.example;gruu;opaque=app:conf:focus:id:PYC58WSY';

let simulator: OnPremisesTest;

beforeAll(async () => {
  simulator = await startOnPremises();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

const ask = (url = danasUrl, headers: Record<string, string> = asking) => simulator.ask(url, { headers });
const show = (page: OnPremisesMeeting['page']) => {
  const [, danas] = simulator.world.onPremises.meetings;
  if (danas) danas.page = page;
};

test('a meeting page gives a client that asks for XML and names itself the conference URI and the key', async () => {
  const { status, headers, text } = await ask();
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('application/vnd.microsoft.lync.meeting+xml; charset=utf-8');
  expect(text).toMatch(
    /^<\?xml version="1.0" encoding="utf-8"\?><conf-info xmlns="http:\/\/schemas\.microsoft\.com\/rtc\/2009\/05\/simplejoinconfdoc">/,
  );
  expect(text).toContain(`<conf-uri>${danasUri}</conf-uri>`);
  expect(text).toContain('<conf-key>G03W98W4</conf-key>');
  expect(text).not.toContain('<!DOCTYPE');
});

test.each([
  ['https://meet.contoso.example/john/5LB7MRBC', 'sip:john@contoso.example', '5LB7MRBC'],
  ['https://meet.contoso.example/john/5LB7MRBC/?sl=1', 'sip:john@contoso.example', '5LB7MRBC'],
  ['https://meet.litware.example/DanaB/PYC58WSY', 'sip:Dana@litware.example', 'G03W98W4'],
])('%s is found', async (url, organizer, key) => {
  const { text } = await ask(url);
  expect(text).toContain(`<conf-uri>${organizer};gruu;`);
  expect(text).toContain(`<conf-key>${key}</conf-key>`);
});

test('a client that asks for something else, or does not name itself, gets a web page', async () => {
  for (const headers of [{ ...asking, accept: 'text/html' }, { accept: asking.accept }]) {
    const reply = await ask(danasUrl, headers);
    expect(reply.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(reply.text).toContain('var validMeeting = "true";');
  }
  show('html');
  expect((await ask()).text).toContain('<!DOCTYPE html>');
});

test('an unknown meeting, or one that is switched off, is 404', async () => {
  expect((await ask('https://meet.contoso.example/john/OTHER')).status).toBe(404);
  show('not-found');
  expect(await ask()).toMatchObject({ status: 404, text: expect.stringContaining('validMeeting = "false"') as string });
});

test('a document can be hostile or wrong', async () => {
  show('dtd');
  const dtd = (await ask()).text;
  expect(dtd).toContain(`<!DOCTYPE conf-info [<!ENTITY uri "${danasUri}">]>`);
  expect(dtd).toContain('<conf-uri>&uri;</conf-uri>');
  show('wrong-namespace');
  expect((await ask()).text).toContain('<conf-info xmlns="urn:other">');
  show('no-conf-uri');
  expect((await ask()).text).not.toContain('conf-uri>');
  show('other-domain');
  expect((await ask()).text).toContain('<conf-uri>sip:Dana@litware.example;gruu;');
});

test('a page can redirect to a foreign host', async () => {
  show('redirect-foreign');
  const { status, headers } = await ask();
  expect([status, headers.location]).toEqual([302, 'https://evil-contoso.example/danab/PYC58WSY']);
});

test('what stands in XML is escaped', async () => {
  const [, danas] = simulator.world.onPremises.meetings;
  if (danas) danas.conferenceKey = 'a<&"b';
  expect((await ask()).text).toContain('<conf-key>a&lt;&amp;&quot;b</conf-key>');
});

test('pages are read only, and fail by their own fault', async () => {
  expect((await simulator.ask(danasUrl, { method: 'POST', headers: asking })).status).toBe(405);
  simulator.world.faults.set('ucwa.meet', { status: 503 });
  expect((await ask()).status).toBe(503);
  expect((await simulator.ask('https://lyncdiscover.contoso.example/')).status).toBe(200);
});
