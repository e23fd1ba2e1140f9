import fc from 'fast-check';
import { startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { type TestHost, startTestHost } from '../support/testHost.ts';
import { badJson, deepJson } from './badInput/badJson.ts';
import { anyText } from './badInput/badText.ts';
import { exchange, type RawReply } from './sampleService/exchange.ts';
import { expectAnswer } from './sampleService/expectations.ts';
import { generatedCases } from '../support/generatedCases.ts';

/** For the ten times as many of the deep tests. */
const timeoutMs = 600_000;

let cloud: TestCloud;
let service: TestHost;

beforeAll(async () => {
  cloud = await startTestCloud();
  service = await startTestHost(cloud, { SAMPLE_SERVICE_ENDPOINTS: 'open' });
});
afterAll(async () => {
  await service.stop();
  await cloud.stop();
});

const names = ['ApplicationSessionId', 'AllowedOrigins', 'MeetingUrl', 'Subject', 'Description', 'AccessLevel'];
const oddName = fc.constantFrom('__proto__', 'constructor', 'toString', 'applicationsessionid', 'ALLOWEDORIGINS', '');
const name = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...names) }, oddName, anyText());
const oddOrigins = [
  'https://www.contoso.example/a;b=c',
  ';;;',
  'http://localhost',
  'null',
  'https://',
  'javascript:1',
  '%',
];
const value = fc.oneof(
  fc.constantFrom('6f9619ff-8b86-4d11-b42d-00c04fc964ff', 'AnonMeeting', ...oddOrigins),
  fc.constantFrom('https://meet.evil.example/x', 'https://meet.lync.example@evil.example/', 'file:///etc/passwd', '/'),
  anyText(),
);
const jsonValue = fc.oneof({ weight: 4, arbitrary: value }, fc.jsonValue());
const page = fc.oneof(fc.constant('https://www.contoso.example/a;b=c?d#e'), value);
const good = Buffer.from('{"ApplicationSessionId":"AnonMeeting","AllowedOrigins":"null","MeetingUrl":"null"}');

/** Bodies of all kinds, none of which can have a token: no value above is the URL of a meeting. */
const bodies: fc.Arbitrary<{ bytes: Uint8Array; contentType: string }> = fc
  .tuple(
    fc.oneof(
      fc
        .tuple(value, page, value)
        .map(
          ([session, pages, meeting]) =>
            `MeetingUrl=${meeting}&AllowedOrigins=${pages}&ApplicationSessionId=${session}`,
        ),
      fc.array(fc.tuple(name, value), { maxLength: 8 }).map((pairs) => new URLSearchParams(pairs).toString()),
      fc.array(fc.tuple(name, value), { maxLength: 8 }).map((pairs) => pairs.map((pair) => pair.join('=')).join('&')),
      fc.array(fc.tuple(name, jsonValue), { maxLength: 8 }).map((pairs) => JSON.stringify(Object.fromEntries(pairs))),
      fc.json(),
      deepJson,
      badJson(good),
      fc.uint8Array({ maxLength: 600 }),
      fc.constantFrom(...['%', ';', '[', '{"a":', '=&']).map((unit) => unit.repeat(16_384 / unit.length)),
    ),
    fc.constantFrom(
      'application/json',
      'Application/JSON ; Charset="UTF-8"',
      'text/json;charset=utf-16',
      'application/x-www-form-urlencoded',
      'application/x-www-form-urlencoded;charset=nonsense',
    ),
  )
  .map(([body, contentType]) => ({ bytes: Buffer.from(body), contentType }));

function send(path: string, { bytes, contentType }: { bytes: Uint8Array; contentType: string }): Promise<RawReply> {
  const head = `POST /api/${path} HTTP/1.1\r\nHost: h.example\r\nContent-Type: ${contentType}\r\nContent-Length: ${bytes.length}\r\n\r\n`;
  return exchange(service.host.port, Buffer.concat([Buffer.from(head), bytes]));
}

test(
  'whatever is sent for a token gets a recorded answer, and nothing is kept',
  async () => {
    const recorded = new Map<string, readonly [number, string]>([
      ['{"Error":"No or invalid callback context specified!"}', [400, 'application/json']],
      ['{"Error":"Invalid AllowedOrigins"}', [400, 'application/json']],
      ['{"Error":"Get nullable token"}', [500, 'application/json']],
      ['{"Message":"An error has occurred."}', [500, 'application/json; charset=utf-8']],
    ]);
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const reply = await send('GetAnonTokenJob', body);
        const [status = 0, contentType = ''] = recorded.get(reply.text) ?? [];
        expectAnswer(reply, status, contentType);
        seen.add(reply.text);
      }),
      // So many that none of the answers is missed.
      generatedCases(600),
    );
    expect([...seen].sort()).toEqual([...recorded.keys()].sort());
    expect(await cloud.rows('guests')).toEqual([]);
    expect(await cloud.rows('meetingGuests')).toEqual([]);
  },
  timeoutMs,
);

test(
  'whatever is sent for a meeting makes one or is refused in the recorded words',
  async () => {
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const reply = await send('GetAdhocMeetingJob', body);
        seen.add(reply.status);
        if (reply.status === 200) expectAnswer(reply, 200, 'application/json; charset=utf-8');
        else {
          expectAnswer(reply, 400, 'application/json');
          expect(reply.text).toBe('Invalid job input or job type');
        }
      }),
      generatedCases(250),
    );
    expect([...seen].sort()).toEqual([200, 400]);
  },
  timeoutMs,
);
