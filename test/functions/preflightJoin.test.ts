import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import type { ProblemCode } from '../../lib/problem.ts';
import { startTableProxy, type TableProxy } from '../support/tableProxy.ts';
import { meetingUrl, otherMeetingUrl, startTestCloud, type TestCloud } from '../support/testCloud.ts';
import type { Reply } from '../support/reply.ts';
import { type TestService, startTestService } from '../support/testService.ts';
import { anyText, badMeetingUrl, badOrigins, foreignMeetingUrl } from './badInput/badText.ts';
import { expectProblem, expectSafeHeaders } from './problemReply.ts';
import { generatedCases } from '../support/generatedCases.ts';

let cloud: TestCloud;
let tables: TableProxy;
let service: TestService;

beforeAll(async () => {
  cloud = await startTestCloud();
  tables = await startTableProxy(cloud.tablesConnectionString);
  service = startTestService(cloud, { TABLES_CONNECTION_STRING: tables.connectionString });
  await cloud.newApp().checkDiscovery(undefined, () => undefined);
});
afterAll(async () => {
  await tables.stop();
  await cloud.stop();
});

const preflight = (body: object): Promise<Reply> => service.call('POST', '/api/v1/preflight', body);
const issue = (body: object): Promise<Reply> => service.call('POST', '/api/v1/anonymous-tokens', body);
const codesOf = ({ json }: Reply): string[] => (json['reasons'] as { code: string }[]).map(({ code }) => code);

/** What the token endpoint says to a request that preflight expects to fail for this reason. */
const refusals: Readonly<Record<string, ProblemCode>> = {
  'meeting-url-malformed': 'invalid-request',
  // Only the platform knows which meetings there are.
  'meeting-url-incomplete': 'platform-refused',
  'meeting-url-not-supported': 'meeting-url-not-supported',
  'origin-not-allowed': 'origin-not-allowed',
  'session-bound-to-another-meeting': 'session-bound-to-another-meeting',
  'guest-removed': 'guest-removed',
};

const word = fc.stringMatching(/^[A-Za-z0-9._-]{1,12}$/).filter((text) => !/^\.+$/.test(text));
const goodMeetingUrl = fc
  .tuple(
    fc.constantFrom(
      'https://meet.lync.example',
      'HTTPS://Meet.Lync.Example:443',
      'https://meet.resources.lync.example',
    ),
    fc.tuple(word, word, word).map((path) => path.join('/')),
    fc.constantFrom('', '/', '?', '#top', '?sl=1', '?a=%20b#c', '?'.padEnd(900, 'q')),
  )
  .map(([host, path, rest]) => `${host}/${path}${rest}`);
const around = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom('', ' ', '\n', '<', '"'), text, fc.constantFrom('', ' ', '\r\n', '>', '.'))
    .map((parts) => parts.join(''));
const textOf = (values: typeof badMeetingUrl): fc.Arbitrary<string> =>
  values.map(({ value }) => value).filter((value) => typeof value === 'string');
const anyMeetingUrl: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: goodMeetingUrl },
  { weight: 2, arbitrary: around(fc.constant(meetingUrl)).filter((text) => !text.endsWith('.')) },
  textOf(badMeetingUrl),
  textOf(foreignMeetingUrl),
  anyText(),
  fc.constantFrom('https://meet.lync.example', 'https://meet.lync.example/', 'https://meet.lync.example/#a'),
  fc.integer({ min: 1_000, max: 2_100 }).map((length) => `${meetingUrl}?`.padEnd(length, 'Z')),
);

test('whatever is sent as a link, preflight answers, echoes none of it, and the token endpoint agrees', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      anyMeetingUrl,
      fc.option(
        badOrigins.map(({ value }) => value),
        { freq: 4, nil: undefined },
      ),
      async (url, allowedOrigins) => {
        const body = { meetingUrl: url, ...(allowedOrigins !== undefined && { allowedOrigins }) };
        const expected = await preflight(body);
        expectSafeHeaders(expected);
        if (url.length > 12) expect(expected.text).not.toContain(JSON.stringify(url).slice(1, -1));
        const issued = await issue(body);
        if (expected.status === 400) {
          seen.add('refused');
          expectProblem(expected, 'invalid-request');
          expectProblem(issued, 'invalid-request');
          return;
        }
        expect(expected.status).toBe(200);
        const codes = codesOf(expected);
        for (const code of codes) seen.add(code);
        if (codes.length === 0) {
          seen.add('pass');
          expect([expected.json['status'], issued.status]).toEqual(['pass', 201]);
          expect(issued.json['platform']).toBe(expected.json['platform']);
        } else {
          // The endpoint names one of them: a platform is asked last.
          expect(expected.json['status']).toBe('fail');
          expectProblem(issued, ...codes.flatMap((code) => refusals[code] ?? []));
        }
      },
    ),
    // So many that none of the codes is missed.
    generatedCases(400),
  );
  expect([...seen].sort()).toEqual([
    'meeting-url-incomplete',
    'meeting-url-malformed',
    'meeting-url-not-supported',
    'origin-not-allowed',
    'pass',
    'refused',
  ]);
}, 600_000);

test('a session in every state is told as the token endpoint then takes it', async () => {
  const known = await issue({ meetingUrl });
  const { applicationSessionId, guestId } = known.json;
  const both = async (body: object): Promise<[unknown, unknown, number | string]> => {
    const expected = await preflight(body);
    const issued = await issue(body);
    return [
      expected.json['session'],
      expected.json['status'],
      issued.status < 300 ? issued.status : String(issued.json['code']),
    ];
  };
  expect(await both({ meetingUrl, applicationSessionId: randomUUID() })).toEqual(['new', 'pass', 201]);
  expect(await both({ meetingUrl, applicationSessionId })).toEqual(['active', 'pass', 200]);
  expect(await both({ meetingUrl: otherMeetingUrl, applicationSessionId })).toEqual([
    'other-meeting',
    'fail',
    'session-bound-to-another-meeting',
  ]);
  await service.call('DELETE', `/api/v1/guests/${String(guestId)}`);
  expect(await both({ meetingUrl, applicationSessionId })).toEqual(['removed', 'fail', 'guest-removed']);
});

test('a body that is not one is refused, with what is wrong where', async () => {
  const reply = await preflight({
    allowedOrigins: [],
    applicationSessionId: 'AnonMeeting',
    surprise: meetingUrl,
  });
  expectProblem(reply, 'invalid-request');
  expect((reply.json['errors'] as { pointer: string }[]).map(({ pointer }) => pointer).sort()).toEqual([
    '/allowedOrigins',
    '/applicationSessionId',
    '/meetingUrl',
    '/surprise',
  ]);
  expectProblem(await preflight({ meetingUrl: 'https://x'.padEnd(2_049, 'y') }), 'invalid-request');
  expect((await preflight({ meetingUrl: 'https://x'.padEnd(2_048, 'y') })).status).toBe(200);
});

test('without storage it cannot tell', async () => {
  await tables.setDown(true);
  try {
    for (const body of [{ meetingUrl }, { meetingUrl, applicationSessionId: randomUUID() }]) {
      const reply = await preflight(body);
      expectProblem(reply, 'storage-unavailable');
      expect(reply.headers.get('retry-after')).toBe('2');
    }
    // What the link itself says needs none.
    expect(codesOf(await preflight({ meetingUrl: 'no link' }))).toEqual(['meeting-url-malformed']);
  } finally {
    await tables.setDown(false);
  }
  expect((await preflight({ meetingUrl })).json).toMatchObject({ status: 'pass', reasons: [] });
});
