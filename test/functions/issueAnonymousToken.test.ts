import { meetingUrl, startTestCloud, type TestCloud } from '../support/testCloud.ts';
import type { Reply } from '../support/reply.ts';
import { type TestService, startTestService } from '../support/testService.ts';
import { expectProblem } from './problemReply.ts';

let cloud: TestCloud;
let service: TestService;

beforeAll(async () => {
  cloud = await startTestCloud();
  service = startTestService(cloud);
});
afterAll(async () => {
  await cloud.stop();
});

const issue = (body: object): Promise<Reply> => service.call('POST', '/api/v1/anonymous-tokens', body);
const search = (body: object): Promise<Reply> => service.call('POST', '/api/v1/guests/search', body);
const issued = () => cloud.simulator.world.platform.issued;

async function expectNothingStored(work: () => Promise<void>): Promise<void> {
  const before = [await cloud.rows('guests'), await cloud.rows('meetingGuests'), issued().length];
  await work();
  expect([await cloud.rows('guests'), await cloud.rows('meetingGuests'), issued().length]).toEqual(before);
}

describe('a meeting URL', () => {
  test.each([
    ['a backslash before an @', 'https://evil.example\\@meet.lync.example/contoso/testuser/1SD8D0WZ'],
    ['a backslash in the path', 'https://meet.lync.example\\contoso/testuser/1SD8D0WZ'],
    ['a tab', 'https://meet.lync\t.example/contoso/testuser/1SD8D0WZ'],
    ['a line break at the end', `${meetingUrl}\n`],
    ['%2e in the host', 'https://meet%2elync.example/contoso/testuser/1SD8D0WZ'],
    ['%2e as a dot segment', 'https://meet.lync.example/contoso/%2e/testuser/1SD8D0WZ'],
    ['%2e%2e as a dot segment', 'https://meet.lync.example/x/%2e%2e/contoso/testuser/1SD8D0WZ'],
    ['.. as a dot segment', 'https://meet.lync.example/x/../contoso/testuser/1SD8D0WZ'],
    ['an ideographic full stop', 'https://meet\u3002lync.example/contoso/testuser/1SD8D0WZ'],
    ['userinfo', 'https://meet.lync.example@evil.example/contoso/testuser/1SD8D0WZ'],
    ['userinfo before its own host', 'https://user:word@meet.lync.example/contoso/testuser/1SD8D0WZ'],
    ['a trailing dot', 'https://meet.lync.example./contoso/testuser/1SD8D0WZ'],
    ['an IPv4 address', 'https://127.0.0.1/contoso/testuser/1SD8D0WZ'],
    ['an IPv6 address', 'https://[::1]/contoso/testuser/1SD8D0WZ'],
    ['a decimal address', 'https://2130706433/contoso/testuser/1SD8D0WZ'],
    ['a hexadecimal address', 'https://0x7f000001/contoso/testuser/1SD8D0WZ'],
    ['an octal address', 'https://0177.0.0.1/contoso/testuser/1SD8D0WZ'],
    ['this machine', 'https://localhost/contoso/testuser/1SD8D0WZ'],
    ['http', meetingUrl.replace('https', 'http')],
    ['sip', 'sip:testuser@contoso.onmicrosoft.example;gruu;opaque=app:conf:focus:id:1SD8D0WZ'],
    ['1,025 characters', meetingUrl.padEnd(1_025, 'Z')],
  ])('with %s is refused', async (_, url) => {
    await expectNothingStored(async () => {
      for (const reply of [await issue({ meetingUrl: url }), await search({ meetingUrl: url })]) {
        expectProblem(reply, 'invalid-request');
        expect(reply.json['errors']).toEqual([expect.objectContaining({ pointer: '/meetingUrl' })]);
      }
    });
  });

  test.each([
    ['port 444', 'https://meet.lync.example:444/contoso/testuser/1SD8D0WZ'],
    ['a host that ends in the same letters', 'https://evilmeet.lync.example/contoso/testuser/1SD8D0WZ'],
    ['a host that begins with the same labels', 'https://meet.lync.example.evil.example/contoso/testuser/1SD8D0WZ'],
    ['a host above', 'https://lync.example/contoso/testuser/1SD8D0WZ'],
    ['a host beside', 'https://meet2.lync.example/contoso/testuser/1SD8D0WZ'],
    ['a foreign host', 'https://meet.contoso.example/contoso/testuser/1SD8D0WZ'],
  ])('on %s is no meeting of ours', async (_, url) => {
    await expectNothingStored(async () => {
      expectProblem(await issue({ meetingUrl: url }), 'meeting-url-not-supported');
    });
  });

  test('of 1,024 characters goes upstream as it is', async () => {
    const longest = `${meetingUrl}?a=`.padEnd(1_024, 'Z');
    const reply = await issue({ meetingUrl: longest });
    expect({ status: reply.status, meetingUrl: reply.json['meetingUrl'] }).toEqual({
      status: 201,
      meetingUrl: longest,
    });
    expect(issued().at(-1)?.meetingUrl).toBe(longest);
  });

  test('in other letters, or with the port that goes without saying, is the same meeting, and the link given last counts', async () => {
    const path = '/contoso/testuser/SAME1234';
    const first = `https://MEET.Lync.Example:443${path}`;
    const { json } = await issue({ meetingUrl: first });
    const { applicationSessionId, guestId } = json;
    const others = [`https://meet.lync.example${path}`, `HTTPS://meet.lync.EXAMPLE:443${path}#top`];
    for (const url of others) {
      const again = await issue({ meetingUrl: url, applicationSessionId });
      expect({ status: again.status, ...again.json }).toMatchObject({ status: 200, guestId, meetingUrl: url });
      expect((await search({ meetingUrl: url })).json['guests']).toMatchObject([{ guestId }]);
    }
    const asked = issued().slice(-3);
    expect(asked.map((token) => token.meetingUrl)).toEqual([first, ...others]);
  });

  test.each([
    '/Contoso/testuser/SAME1234',
    '/contoso/testuser/SAME1234/',
    '/contoso/testuser/SAME1234?a',
    '/contoso/%74estuser/SAME1234',
  ])('with the path %s is another meeting', async (path) => {
    const applicationSessionId = 'bound-to-one-meeting-only';
    const body = { meetingUrl: 'https://meet.lync.example/contoso/testuser/SAME1234', applicationSessionId };
    expect((await issue(body)).status).toBeLessThan(300);
    const other = await issue({ ...body, meetingUrl: `https://meet.lync.example${path}` });
    expectProblem(other, 'session-bound-to-another-meeting');
  });
});

describe('a session id of the caller', () => {
  test.each(['AnonMeeting', 'test', 'a'.repeat(21), 'a'.repeat(101), '', '~'.repeat(22)])(
    'may not be %j',
    async (applicationSessionId) => {
      await expectNothingStored(async () => {
        const replies = [
          await issue({ meetingUrl, applicationSessionId }),
          await service.call('POST', '/api/v1/rejoin-tokens', { applicationSessionId }),
        ];
        for (const reply of replies) {
          expectProblem(reply, 'invalid-request');
          const pointers = (reply.json['errors'] as { pointer: string }[]).map(({ pointer }) => pointer);
          expect(new Set(pointers)).toEqual(new Set(['/applicationSessionId']));
        }
      });
    },
  );

  test.each([
    'b'.repeat(22),
    '0-._~'.padEnd(100, 'Z'),
    '6f9619ff-8b86-4d11-b42d-00c04fc964ff',
    '6F9619FF-8B86-4D11-B42D-00C04FC964FF',
  ])('may be %s, and goes upstream byte for byte', async (applicationSessionId) => {
    const reply = await issue({ meetingUrl, applicationSessionId });
    expect({ status: reply.status, ...reply.json }).toMatchObject({ status: 201, applicationSessionId });
    expect(issued().at(-1)?.applicationSessionId).toBe(applicationSessionId);
  });

  test('is not needed: one of our making is a UUID', async () => {
    const { json } = await issue({ meetingUrl });
    expect(json['applicationSessionId']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });
});
