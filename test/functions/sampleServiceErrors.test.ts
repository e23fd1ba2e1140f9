import { randomUUID } from 'node:crypto';
import { meetingUrl, startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { type TestHost, startTestHost } from '../support/testHost.ts';
import type { RawReply } from './sampleService/exchange.ts';
import { bareJson, expectAnswer, jsonInUtf8 } from './sampleService/expectations.ts';
import { form, page, post, type Sent } from './sampleService/plainRequest.ts';

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
afterEach(() => cloud.simulator.world.reset());

const send = (body: string, sent?: Sent): Promise<RawReply> => post(service.host.port, body, sent);
const adhoc = { path: 'GetAdhocMeetingJob' };

describe('the recorded errors of GetAnonTokenJob', () => {
  const session = randomUUID();
  test.each([
    [
      'no session id',
      `AllowedOrigins=${page}&MeetingUrl=${meetingUrl}`,
      400,
      '{"Error":"No or invalid callback context specified!"}',
    ],
    [
      'an empty session id, before it looks at origins',
      'ApplicationSessionId=&AllowedOrigins=',
      400,
      '{"Error":"No or invalid callback context specified!"}',
    ],
    [
      'no origins',
      `ApplicationSessionId=${session}&MeetingUrl=${meetingUrl}`,
      400,
      '{"Error":"Invalid AllowedOrigins"}',
    ],
    [
      'empty origins, before it looks at the meeting',
      `ApplicationSessionId=${session}&AllowedOrigins=`,
      400,
      '{"Error":"Invalid AllowedOrigins"}',
    ],
    [
      'a foreign origin',
      `ApplicationSessionId=${session}&AllowedOrigins=${page};https://evil.example/&MeetingUrl=${meetingUrl}`,
      400,
      '{"Error":"Invalid AllowedOrigins"}',
    ],
    ['no meeting', `ApplicationSessionId=${session}&AllowedOrigins=${page}`, 500, '{"Error":"Get nullable token"}'],
    ['no meeting of ours', form(session, 'https://meet.evil.example/x'), 500, '{"Error":"Get nullable token"}'],
    ['too long a meeting', form(session, `${meetingUrl}?${'x'.repeat(1_024)}`), 500, '{"Error":"Get nullable token"}'],
  ])('%s', async (_, body, status, text) => {
    const reply = await send(body);
    expectAnswer(reply, status, bareJson);
    expect(reply.text).toBe(text);
  });

  test.each([
    ['nothing', '', undefined],
    ['nothing as a form', '', 'application/x-www-form-urlencoded'],
    ['nothing as something else', '', 'text/plain'],
    ['JSON null', 'null', 'application/json'],
    ['half a JSON', '{"ApplicationSessionId":', 'application/json'],
    ['a JSON array', '[]', 'text/json'],
  ])('%s for a body', async (_, body, contentType) => {
    const reply = await send(body, { contentType });
    expectAnswer(reply, 500, jsonInUtf8);
    expect(reply.text).toBe('{"Message":"An error has occurred."}');
  });

  test('a platform that fails, without its words, but with when to come back', async () => {
    cloud.simulator.world.faults.set('platform.tokens', { status: 429, headers: { 'retry-after': '7' } });
    const reply = await send(form(randomUUID()));
    expectAnswer(reply, 500, bareJson);
    expect(reply.text).toBe('{"Error":"Get nullable token"}');
    expect(reply.headers['retry-after']).toBe('7');
  });

  test('a store that fails', async () => {
    await cloud.table('guests').deleteTable();
    const reply = await send(form(randomUUID()));
    await cloud.table('guests').createTable();
    expectAnswer(reply, 500, bareJson);
    expect(reply.text).toBe('{"Error":"Hit excetpion when running the job."}');
  });
});

describe('the recorded errors of GetAdhocMeetingJob', () => {
  test.each(['', 'null', '"Subject"'])('%j for a body', async (body) => {
    const reply = await send(body, { ...adhoc, contentType: 'application/json' });
    expectAnswer(reply, 400, bareJson);
    expect(reply.text).toBe('Invalid job input or job type');
  });

  test('a platform that fails, or that does not let us', async () => {
    cloud.simulator.world.faults.set('platform.meetings', { status: 400 });
    const failed = await send('Subject=advice', adhoc);
    cloud.simulator.world.platform.missingLinks = ['adhocMeetings'];
    const missing = await send('Subject=advice', adhoc);
    for (const reply of [failed, missing]) {
      expectAnswer(reply, 500, bareJson);
      expect(reply.text).toBe('Unable to start a job run');
    }
  });
});

describe.each(['GetAnonTokenJob', 'GetAdhocMeetingJob'])('the framework’s errors at %s', (path) => {
  test.each(['text/plain', 'application/xml', 'text/xml', 'application/jsonp', undefined])(
    '%s',
    async (contentType) => {
      const reply = await send('<JobInput/>', { path, contentType });
      expectAnswer(reply, 415, jsonInUtf8);
      expect(reply.text).toMatch(/^\{"Message":"Send the body as application\/json,/);
    },
  );

  test('more than 16 KiB', async () => {
    const reply = await send(`Subject=${'x'.repeat(16_384)}`, { path });
    expectAnswer(reply, 413, jsonInUtf8);
    expect(reply.text).toBe('{"Message":"Send a body of at most 16 KiB."}');
  });
});
