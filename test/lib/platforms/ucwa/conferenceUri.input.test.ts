import { guestOf, joinUrl, requestSignal, startAdapter, type AdapterUnderTest } from './adapterUnderTest.ts';

const focus = 'gruu;opaque=app:conf:focus:id';

let adapter: AdapterUnderTest;
beforeAll(async () => {
  adapter = await startAdapter();
});
beforeEach(() => adapter.reset());
afterAll(() => adapter.stop());

const issue = (meetingUrl: string) => adapter.newPlatform().issue(guestOf(meetingUrl), requestSignal());

test("2: the servers that are looked up are those of the organizer's domain, whoever the guest is", async () => {
  await issue('https://meet.litware.example/danab/PYC58WSY');
  expect(adapter.arrived()).toContain('https://lyncdiscover.litware.example/');
  expect(adapter.arrived().filter((url) => url.includes('contoso'))).toEqual([]);
});

test.each([
  `john.contoso.example;${focus}:5LB7MRBC`,
  `sip:@contoso.example;${focus}:5LB7MRBC`,
  `sip:john@;${focus}:5LB7MRBC`,
  `sip:john@10.0.0.4;${focus}:5LB7MRBC`,
  `sip:john@contoso.example:5061;${focus}:5LB7MRBC`,
  'sip:john@contoso.example',
  `sip%John%contoso.example;${focus}:5LB7MRBC`,
])('3, 4, 6, 8: a meeting URL with %j in it is invalid input, and nothing is sent', async (conferenceUri) => {
  await expect(issue(joinUrl(conferenceUri))).rejects.toMatchObject({ code: 'meeting-url-not-supported' });
  expect(adapter.sent).toEqual([]);
});

test('5: an organizer of a domain that is not configured is refused before anything is sent', async () => {
  const conferenceUri = `sip:john@fabrikam.example;${focus}:5LB7MRBC`;
  await expect(issue(joinUrl(conferenceUri))).rejects.toMatchObject({ code: 'meeting-url-not-supported' });
  const unknownHost = 'https://meet.fabrikam.example/john/5LB7MRBC';
  expect(adapter.newPlatform().readLink(new URL(unknownHost))).toBeUndefined();
  await expect(issue(unknownHost)).rejects.toMatchObject({ code: 'meeting-url-not-supported' });
  expect(adapter.sent).toEqual([]);
});

test("7: the documents' blank before gruu is never sent", async () => {
  await issue(joinUrl('sip:john@contoso.example; gruu;opaque=app:conf:focus:id:5LB7MRBC', '5LB7MRBC'));
  const forms = adapter.sent.flatMap(({ body }) => body ?? []).map((body) => new URLSearchParams(body));
  expect(forms.length).toBeGreaterThan(0);
  for (const form of forms) {
    expect(form.get('ms_rtc_conferenceuri')).toBe(`sip:john@contoso.example;${focus}:5LB7MRBC`);
  }
});

test("9: an organizer of another domain than the meeting host's is refused before anything is sent", async () => {
  const conferenceUri = `sip:john@litware.example;${focus}:5LB7MRBC`;
  await expect(issue(joinUrl(conferenceUri))).rejects.toMatchObject({ code: 'meeting-url-not-supported' });
  expect(adapter.sent).toEqual([]);
});

test('12: the number to dial in with is never taken for the id of the conference', async () => {
  const conferenceUri = `sip:john@contoso.example;${focus}:5LB7MRBC`;
  adapter.world.faults.set('ucwa.meet', {
    status: 200,
    contentType: 'application/vnd.microsoft.lync.meeting+xml',
    body: `<conf-info xmlns="http://schemas.microsoft.com/rtc/2009/05/simplejoinconfdoc"><conference-id>4711</conference-id><conf-uri>${conferenceUri}</conf-uri><conf-key>5LB7MRBC</conf-key></conf-info>`,
  });
  await expect(issue('https://meet.contoso.example/john/4711')).resolves.toHaveProperty('conferenceUri', conferenceUri);
});

test('13: without a key the id of the conference stands in for it', async () => {
  const join = await issue(joinUrl(`sip:john@contoso.example;${focus}:5LB7MRBC`));
  expect(join.token).toMatch(/^cwt=/);
});

test.each(['\r\n', '\n', '\r'])(
  '14: a line break (%j) in URI or key is rejected, and nothing is sent',
  async (lineBreak) => {
    const conferenceUri = `sip:john@contoso.example;${focus}:5LB7MRBC`;
    for (const url of [
      joinUrl(`${conferenceUri}${lineBreak}`, '5LB7MRBC'),
      joinUrl(conferenceUri, `5LB7MRBC${lineBreak}X-Injected: yes`),
    ]) {
      await expect(issue(url)).rejects.toMatchObject({ code: 'meeting-url-not-supported' });
    }
    expect(adapter.sent).toEqual([]);
  },
);
