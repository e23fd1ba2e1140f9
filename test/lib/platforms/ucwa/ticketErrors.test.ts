import { TicketFailure } from '../../../../lib/platforms/ucwa/failure.ts';
import { requestTicket, type Grant } from '../../../../lib/platforms/ucwa/webTicket.ts';
import { summarize } from '../../../../lib/telemetry.ts';
import type { Fault } from '../../../../local/simulator/faults.ts';
import { contoso, forever, guestOf, requestSignal, startAdapter, type AdapterUnderTest } from './adapterUnderTest.ts';

let adapter: AdapterUnderTest;

beforeAll(async () => {
  adapter = await startAdapter();
});
beforeEach(() => adapter.reset());
afterAll(() => adapter.stop());

const grant = {
  kind: 'anonmeeting',
  conferenceUri: 'sip:john@contoso.example;gruu;opaque=app:conf:focus:id:5LB7MRBC',
  conferenceKey: '5LB7MRBC',
} as const;
const litware = 'https://lyncweb.litware.example/WebTicket/oauthtoken';

/** How a request fails. */
async function failure(asked: Grant = grant, endpoint: string = contoso.tickets): Promise<TicketFailure> {
  try {
    await requestTicket(adapter.transport, { endpoint: new URL(endpoint), grant: asked, now: Date.now }, forever);
  } catch (error) {
    if (error instanceof TicketFailure) return error;
    throw error;
  }
  throw new Error('there was a ticket');
}

/** How it fails when the server answers 400 with this body. */
function failureOf(body: string, more: Fault = {}): Promise<TicketFailure> {
  adapter.world.faults.set('ucwa.token', { status: 400, body, ...more, times: 1 });
  return failure();
}

describe('a 400', () => {
  test.each(['invalid_request', 'invalid_grant', 'unsupported_grant_type', 'invalid_scope'])(
    '131, 132, 133, 134: is a failure with its own code, and not tried again: %s',
    async (error) => {
      expect(await failureOf(JSON.stringify({ error }))).toMatchObject({ code: error, status: 400 });
      expect(adapter.sent).toHaveLength(1);
    },
  );

  test('131, 132, 133: comes from the servers themselves in either version', async () => {
    const wrongKey = { ...grant, conferenceKey: 'G03W98W4' };
    adapter.behave({ grants: ['password'] }, 'litware.example');
    expect(await failure({ ...grant, conferenceUri: '' })).toMatchObject({ code: 'invalid_request' });
    expect(await failure(wrongKey)).toMatchObject({ code: 'invalid_grant' });
    expect(await failure(grant, litware)).toMatchObject({ code: 'unsupported_grant_type' });
  });

  test('135: server_error is tried three times at most', async () => {
    adapter.world.faults.set('ucwa.token', { status: 400 });
    expect(await failure()).toMatchObject({ code: 'server_error', status: 400 });
    expect(adapter.sent).toHaveLength(3);
  });

  test('135: server_error that passes is not noticed', async () => {
    adapter.world.faults.set('ucwa.token', { status: 400, times: 2 });
    await expect(failure()).rejects.toThrow('there was a ticket');
    expect(adapter.sent).toHaveLength(3);
  });

  test('135: nobody waits for the next try once their time is up', async () => {
    adapter.world.faults.set('ucwa.token', { status: 400 });
    const gaveUp = new AbortController();
    const send: typeof adapter.transport = async (request, signal) => {
      const answer = await adapter.transport(request, signal);
      gaveUp.abort();
      return answer;
    };
    const asking = requestTicket(send, { endpoint: new URL(contoso.tickets), grant, now: Date.now }, gaveUp.signal);
    await expect(asking).rejects.toMatchObject({ name: 'UpstreamFailure', code: 'cancelled' });
    expect(adapter.sent).toHaveLength(1);
  });

  test.each(['{"error":"slow_down"}', '{"error":7}', '{"error":null}', '{"error":["invalid_grant"]}', '{}'])(
    '136: with an error that nobody knows is no more than a 400: %s',
    async (body) => {
      expect(await failureOf(body)).toMatchObject({ code: 'unusable', status: 400 });
      expect(adapter.sent).toHaveLength(1);
    },
  );

  test('137: of version 1.0 has a comma behind its last member, and is read', async () => {
    adapter.behave({ grants: ['password'] }, 'litware.example');
    expect(await failure(grant, litware)).toMatchObject({ code: 'unsupported_grant_type' });
    expect(await failureOf('{\n  "error":"unsupported_grant_type",\n}')).toMatchObject({
      code: 'unsupported_grant_type',
    });
    expect(await failureOf('{"a":[1,2, ],"error":"invalid_scope" ,\t}')).toMatchObject({ code: 'invalid_scope' });
  });

  test('138: has commas inside strings, which stay', async () => {
    const url = 'https://lyncweb.contoso.example/a,?b=,]c=%5c,]';
    const { signInUrl } = await failureOf(
      `{"x":"\\\\\\",}","error":"invalid_grant","ms_rtc_passiveauthuri":"${url}",}`,
    );
    expect(signInUrl?.href).toBe(url);
    expect(await failureOf('{"error":"invalid_grant,}",}')).toMatchObject({ code: 'unusable' });
  });

  test('138: with a string that never ends is read in one pass', async () => {
    const milliseconds = async (length: number): Promise<number> => {
      const startedAt = performance.now();
      expect(await failureOf(`{"error":"${'\\"'.repeat(length)}`)).toMatchObject({ code: 'unusable' });
      return performance.now() - startedAt;
    };
    // 30,000 quotes that each could begin a string took seconds to read when each was tried.
    expect(await milliseconds(30_000)).toBeLessThan(1_000);
  });

  test.each([
    ['nothing', ''],
    ['a page', '<html><title>400</title></html>'],
    ['half of an error', '{"error":"invalid_gr'],
    ['no object', '"invalid_grant"'],
  ])('139: with %s is no more than a 400', async (_, body) => {
    expect(await failureOf(body)).toMatchObject({ code: 'unusable', status: 400 });
  });
});

describe('X-Ms-diagnostics', () => {
  const body = '{"error":"invalid_grant"}';
  const saying = (text: string): Fault => ({ headers: { 'X-Ms-diagnostics': text } });

  test('140: does not change what an answer means, whatever it says', async () => {
    const without = await failureOf(body);
    const agreeing = await failureOf(body, saying('28020;source="fe01.contoso.example";reason="No valid token."'));
    const contradicting = await failureOf(body, saying('28029;source="x";reason="Authentication type not allowed."'));
    for (const { code, status, message } of [agreeing, contradicting]) {
      expect({ code, status, message }).toEqual({ code: without.code, status: 400, message: without.message });
    }
    expect(await failureOf('', saying('28029;reason="Authentication type not allowed."'))).toMatchObject({
      code: 'unusable',
    });
  });

  test('141: comes into the log by its number', async () => {
    expect(summarize(await failureOf(body, saying('28020;source="fe01.contoso.example";reason="No"')))).toEqual([
      { name: 'TicketFailure', code: 'invalid_grant', status: 400 },
      { name: 'ServerDiagnostics', code: '28020' },
    ]);
    adapter.behave({ grants: ['password'] });
    expect(summarize(await failure())).toEqual([
      { name: 'TicketFailure', code: 'unsupported_grant_type', status: 400 },
      { name: 'ServerDiagnostics', code: '28029' },
    ]);
  });

  test.each(['', ';', 'fe01.contoso.example', '28020 fe01', '-1;reason="x"', '9999999999', '"', '0x1F;', '28020"; '])(
    '141: that nobody can read is passed over: %s',
    async (text) => {
      const failed = await failureOf(body, saying(text));
      expect(summarize(failed)).toEqual([{ name: 'TicketFailure', code: 'invalid_grant', status: 400 }]);
    },
  );
});

describe('grants that need somebody at a browser or on Windows', () => {
  test('142: passive is not refused credentials; the address has its slashes back', async () => {
    adapter.behave({ grants: ['urn:microsoft.rtc:passive'] });
    const failed = await failure({ kind: 'passive' });
    expect(failed).toMatchObject({ code: 'interaction_required', status: 400 });
    expect(failed.signInUrl?.href).toBe('https://lyncweb.contoso.example/PassiveAuth/PassiveAuth.aspx');
  });

  test.each([
    'http://lyncweb.contoso.example/PassiveAuth',
    'javascript:alert(1)',
    'file:///etc/passwd',
    '//lyncweb.contoso.example/',
    'https://user@lyncweb.contoso.example/',
    '',
  ])('143: an address that is not https is handed to nobody: %s', async (url) => {
    const failed = await failureOf(JSON.stringify({ error: 'invalid_grant', ms_rtc_passiveauthuri: url }));
    expect(failed).toMatchObject({ code: 'interaction_required', signInUrl: undefined });
  });

  test.each(['Negotiate, NTLM', 'NTLM', 'Negotiate oRQwEg=='])('a challenge %s is recognised', async (challenge) => {
    adapter.world.faults.set('ucwa.token', { status: 401, headers: { 'www-authenticate': challenge } });
    expect(await failure({ kind: 'windows' })).toMatchObject({ code: 'integrated_windows', status: 401 });
  });

  test('windows as the documents have it meets that challenge', async () => {
    expect(await failure({ kind: 'windows' })).toMatchObject({ code: 'integrated_windows' });
    expect(adapter.sent).toHaveLength(1);
  });
});

test.each([
  ['12', 12],
  ['tomorrow', undefined],
  [undefined, undefined],
])('429 with a Retry-After of %s is carried with the time that it names', async (given, retryAfterSeconds) => {
  const headers = given === undefined ? {} : { 'Retry-After': given };
  adapter.world.faults.set('ucwa.token', { status: 429, headers });
  expect(await failure()).toMatchObject({ code: 'refused', status: 429, retryAfterSeconds });
  await expect(adapter.newPlatform().issue(guestOf(), requestSignal())).rejects.toMatchObject({
    code: 'too-many-requests',
    retryAfterSeconds: retryAfterSeconds ?? 10,
  });
});

test.each([401, 403, 404, 405, 409, 410, 500, 502])(
  '%i is a page of the web server, not looked into',
  async (status) => {
    adapter.world.faults.set('ucwa.token', { status, body: '{"error":"invalid_grant"}' });
    expect(await failure()).toMatchObject({ code: 'refused', status });
  },
);
