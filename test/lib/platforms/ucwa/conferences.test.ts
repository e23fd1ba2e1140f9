import type { MeetingPlatform } from '../../../../lib/platforms/platform.ts';
import { findConference, type Conference } from '../../../../lib/platforms/ucwa/conferences.ts';
import type { OnPremisesMeeting } from '../../../../local/simulator/upstreams/onPremises/meetings.ts';
import { forever, guestOf, joinUrl, requestSignal, startAdapter, type AdapterUnderTest } from './adapterUnderTest.ts';

const johnsUrl = 'https://meet.contoso.example/john/5LB7MRBC';
const johns = {
  uri: 'sip:john@contoso.example;gruu;opaque=app:conf:focus:id:5LB7MRBC',
  organizer: 'sip:john@contoso.example',
  domain: 'contoso.example',
  key: '5LB7MRBC',
};
const danasUrl = 'https://meet.contoso.example/danab/PYC58WSY';
const danas = {
  uri: 'sip:Dana@contoso.example;gruu;opaque=app:conf:focus:id:PYC58WSY',
  organizer: 'sip:dana@contoso.example',
  domain: 'contoso.example',
  key: 'G03W98W4',
};
const unusable = { name: 'MeetingPageFailure' };

let adapter: AdapterUnderTest;

beforeAll(async () => {
  adapter = await startAdapter();
});
beforeEach(() => adapter.reset());
afterAll(() => adapter.stop());

function find(url: string): Promise<Conference | undefined> {
  return findConference(new URL(url), { send: adapter.transport, domain: 'contoso.example', signal: forever });
}

/** Changes what the meeting page of a URL answers. */
function page(url: string, answer: OnPremisesMeeting['page']): void {
  const meeting = adapter.world.onPremises.meetings.find((candidate) => candidate.url === url);
  if (meeting) meeting.page = answer;
}

/** The next page is this document, or this inside of a usual one. */
function document(text: string, contentType = 'Application/vnd.microsoft.lync.meeting+xml'): void {
  adapter.world.faults.set('ucwa.meet', { body: text, contentType, times: 1 });
}
const namespace = 'http://schemas.microsoft.com/rtc/2009/05/simplejoinconfdoc';
const confInfo = (inside: string): string => `<conf-info xmlns="${namespace}">${inside}</conf-info>`;

test('226: organizer, id and key are those of the meeting page, and not those of the path', async () => {
  expect(await find(danasUrl)).toEqual(danas);
});

test('226: entities of the key are read, blanks and digits stay as they are', async () => {
  document(confInfo(`<conf-uri>${johns.uri}</conf-uri><conf-key>0&amp;1&lt;07</conf-key>`));
  expect(await find(johnsUrl)).toEqual({ ...johns, key: '0&1<07' });
  document(confInfo(`<conf-uri>${johns.uri}</conf-uri><conf-key>00123</conf-key>`));
  expect(await find(johnsUrl)).toEqual({ ...johns, key: '00123' });
});

test('227: the page is asked for the document by its type, by a client that names itself, without credentials', async () => {
  await find(`${johnsUrl}?sl=1#part`);
  expect(adapter.sent).toEqual([
    {
      method: 'GET',
      url: new URL(`${johnsUrl}?sl=1`),
      headers: { accept: 'Application/vnd.microsoft.lync.meeting+xml', 'user-agent': 'anonymous-join' },
    },
  ]);
});

describe('a URL', () => {
  let platform: MeetingPlatform;

  beforeEach(() => {
    platform = adapter.newPlatform();
  });

  const accepts = (url: string): boolean => platform.readLink(new URL(url)) !== undefined;

  test('228: is taken of a configured meeting host only, to the letter and the port', () => {
    expect(accepts(johnsUrl)).toBe(true);
    expect(accepts('https://MEET.contoso.example:443/john/5LB7MRBC')).toBe(true);
    for (const host of [
      'meet.fabrikam.example',
      'contoso.example',
      'lyncweb.contoso.example',
      'a.meet.contoso.example',
      'evil-meet.contoso.example',
      'meet.contoso.example.evil.test',
      'meet.contoso.example:8443',
      '127.0.0.1',
    ]) {
      expect([host, accepts(`https://${host}/john/5LB7MRBC`)]).toEqual([host, false]);
    }
  });

  test('228: of another host is refused before any request, whoever asks', async () => {
    const asked = platform.issue(guestOf('https://meet.fabrikam.example/john/5LB7MRBC'), requestSignal());
    await expect(asked).rejects.toMatchObject({ code: 'meeting-url-not-supported', status: 400 });
    expect(adapter.sent).toEqual([]);
  });

  test('229: that names no conference, on a configured host, cannot be derived, and it is said what to configure', async () => {
    const asked = platform.issue(guestOf('https://meet.contoso.example/'), requestSignal());
    await expect(asked).rejects.toMatchObject({
      code: 'meeting-url-not-supported',
      message: expect.stringContaining('UCWA_MEETING_HOSTS') as string,
    });
    expect(adapter.arrived()).toEqual(['https://meet.contoso.example/']);
  });

  test.each([
    'https://meet.lync.com/contoso/john/5LB7MRBC',
    'https://meet.resources.lync.com/contoso/john/5LB7MRBC',
    'https://teams.microsoft.com/l/meetup-join/19%3ameeting_N2Y%40thread.v2/0?context=%7b%7d',
    'https://teams.live.com/meet/9312345678901',
  ])('232: of the cloud is not supported: %s', async (url) => {
    expect(accepts(url)).toBe(false);
    const asked = platform.issue(guestOf(url), requestSignal());
    await expect(asked).rejects.toMatchObject({ code: 'meeting-url-not-supported' });
    expect(adapter.sent).toEqual([]);
  });

  test('232: of the cloud cannot be guessed even if its host is configured', async () => {
    page(johnsUrl, 'html');
    expect(await find('https://meet.contoso.example/contoso/john/5LB7MRBC')).toBeUndefined();
  });
});

describe('without a document of the page', () => {
  test.each(['html', 'not-found', 'redirect-foreign'] as const)(
    '229, 230: the path is taken under the SIP domain of the host: %s',
    async (answer) => {
      page(johnsUrl, answer);
      expect(await find(johnsUrl)).toEqual(johns);
      expect(await find('https://meet.contoso.example/Meet/john/5LB7MRBC')).toEqual(johns);
      expect(await find(`${johnsUrl}/?sl=1`)).toEqual(johns);
      expect(new Set(adapter.world.calls.map(({ host }) => host))).toEqual(new Set(['meet.contoso.example']));
    },
  );

  test.each([{ status: 500 }, { status: 503 }, { cut: 'mid-body' }, { oversize: true }] as const)(
    '229: the path is taken when the page is out of order: %p',
    async (fault) => {
      adapter.world.faults.set('ucwa.meet', fault);
      expect(await find(johnsUrl)).toEqual(johns);
    },
  );

  test('229: a page in XHTML is no document, and the path is taken', async () => {
    document('<html xmlns="http://www.w3.org/1999/xhtml"><conf-info/></html>', 'application/xhtml+xml');
    expect(await find(johnsUrl)).toEqual(johns);
  });

  test('231: an organizer who is not called as the path says is guessed wrong, and the servers refuse', async () => {
    page(danasUrl, 'html');
    expect(await find(danasUrl)).toMatchObject({ organizer: 'sip:danab@contoso.example', key: 'PYC58WSY' });
    const platform = adapter.newPlatform();
    const asked = platform.issue(guestOf(danasUrl), requestSignal());
    await expect(asked).rejects.toMatchObject({ code: 'platform-refused', reason: 'meeting-rejected' });

    // The wrong guess is not kept.
    page(danasUrl, 'conf-info');
    expect(await platform.issue(guestOf(danasUrl), requestSignal())).toMatchObject({ conferenceUri: danas.uri });
  });

  test.each(['/john', '/john/5LB7MRBC/more', '/jo%20hn/5LB7MRBC', '/john/5LB%3A7', `/${'j'.repeat(65)}/5LB7MRBC`])(
    '229: a path of another form names no conference: %s',
    async (path) => {
      expect(await find(`https://meet.contoso.example${path}`)).toBeUndefined();
    },
  );
});

describe('a URL that holds the conference URI', () => {
  test('233: is decoded, and nobody is asked', async () => {
    expect(await find(joinUrl(danas.uri, 'G03W98W4'))).toEqual(danas);
    expect(await find(joinUrl(danas.uri, 'G03W98W4').replace('/Join', '/join'))).toEqual(danas);
    expect(await find(joinUrl(johns.uri))).toEqual(johns);
    expect(adapter.sent).toEqual([]);
  });

  test('233: of another form, or of another domain than the host’s, names no conference', async () => {
    for (const uri of ['', 'sip:john@contoso.example', johns.uri.replace('contoso', 'litware')]) {
      expect(await find(joinUrl(uri, '5LB7MRBC'))).toBeUndefined();
    }
    expect(await find('https://meet.contoso.example/Join?key=5LB7MRBC')).toBeUndefined();
    expect(adapter.sent).toEqual([]);
  });

  test('233: leads to a ticket like any other', async () => {
    const join = await adapter.newPlatform().issue(guestOf(joinUrl(danas.uri, 'G03W98W4')), requestSignal());
    expect(join.conferenceUri).toBe(danas.uri);
  });
});

describe('a document', () => {
  test.each(['dtd', 'wrong-namespace', 'no-conf-uri', 'other-domain'] as const)(
    '234: that cannot be used is an error, and nothing is guessed in its place: %s',
    async (answer) => {
      page(johnsUrl, answer);
      await expect(find(johnsUrl)).rejects.toMatchObject(unusable);
      const asked = adapter.newPlatform().issue(guestOf(johnsUrl), requestSignal());
      await expect(asked).rejects.toMatchObject({ code: 'platform-refused', reason: 'answer-unusable' });
      expect(new Set(adapter.world.calls.map(({ host }) => host))).toEqual(new Set(['meet.contoso.example']));
    },
  );

  const { uri } = johns;
  test.each([
    ['nothing at all', ''],
    ['no XML', 'conf-info'],
    ['no end', confInfo(`<conf-uri>${uri}</conf-uri>`).slice(0, -12)],
    ['another root', `<meeting xmlns="${namespace}"><conf-uri>${uri}</conf-uri></meeting>`],
    ['no namespace', `<conf-info><conf-uri>${uri}</conf-uri></conf-info>`],
    ['an empty conf-uri', confInfo('<conf-uri></conf-uri><conf-key>5LB7MRBC</conf-key>')],
    ['two of them', confInfo(`<conf-uri>${uri}</conf-uri><conf-uri>${uri}</conf-uri>`)],
    ['markup in it', confInfo(`<conf-uri>${uri}<b/></conf-uri>`)],
    ['a conf-uri of another form', confInfo('<conf-uri>sip:john@contoso.example;gruu</conf-uri>')],
    ['a conf-uri of another scheme', confInfo(`<conf-uri>${uri.replace('sip:', 'https:')}</conf-uri>`)],
    ['a conf-uri on two lines', confInfo(`<conf-uri>sip:john@contoso.example;\n${uri.slice(25)}</conf-uri>`)],
    ['an entity of its own', `<!DOCTYPE c [<!ENTITY u "${uri}">]>${confInfo('<conf-uri>&u;</conf-uri>')}`],
    ['a file as an entity', `<!DOCTYPE c SYSTEM "file:///etc/passwd">${confInfo(`<conf-uri>${uri}</conf-uri>`)}`],
    ['a key that is empty', confInfo(`<conf-uri>${uri}</conf-uri><conf-key></conf-key>`)],
    ['a key without end', confInfo(`<conf-uri>${uri}</conf-uri><conf-key>${'k'.repeat(257)}</conf-key>`)],
    ['a key with markup', confInfo(`<conf-uri>${uri}</conf-uri><conf-key><k>1</k></conf-key>`)],
  ])('234: with %s is an error', async (_, text) => {
    document(text);
    await expect(find(johnsUrl)).rejects.toMatchObject(unusable);
  });

  test('234: with a key that cannot be sent on leads to no request with it', async () => {
    document(confInfo(`<conf-uri>${uri}</conf-uri><conf-key>&#xD800;</conf-key>`));
    const asked = adapter.newPlatform().issue(guestOf(johnsUrl), requestSignal());
    await expect(asked).rejects.toMatchObject({ code: 'platform-refused' });
  });
});

test('a conference is looked up once for all guests of its meeting, also for those who come at once', async () => {
  const platform = adapter.newPlatform();
  await Promise.all([1, 2, 3].map(() => platform.issue(guestOf(), requestSignal())));
  await platform.issue(guestOf(), requestSignal());
  expect(adapter.arrived().filter((url) => url === johnsUrl)).toHaveLength(1);
});

test('a page that never answers ends with the request', async () => {
  adapter.world.faults.set('ucwa.meet', { never: true });
  const asked = adapter.newPlatform().issue(guestOf(), AbortSignal.timeout(50));
  await expect(asked).rejects.toMatchObject({ code: 'platform-timeout' });
});
