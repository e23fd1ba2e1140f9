import type { UpstreamRequest } from '../../../../lib/net/transport.ts';
import type { Join, MeetingPlatform } from '../../../../lib/platforms/platform.ts';
import type { IssuedWebTicket } from '../../../../local/simulator/upstreams/onPremises/state.ts';
import { adjustableClock } from '../../../races/adjustableClock.ts';
import { contoso, guestOf, requestSignal, startAdapter, type AdapterUnderTest } from './adapterUnderTest.ts';

const clock = adjustableClock();
let adapter: AdapterUnderTest;
let platform: MeetingPlatform;

beforeAll(async () => {
  adapter = await startAdapter({ now: clock.now });
});
beforeEach(async () => {
  await adapter.reset();
  platform = adapter.newPlatform();
});
afterAll(() => adapter.stop());

const issue = (): Promise<Join> => platform.issue(guestOf(), requestSignal());
const reissue = ({ identity }: Pick<Join, 'identity'>, by = platform): Promise<Join> =>
  by.reissue(guestOf(), identity, requestSignal());
const ticketOf = ({ token }: Join): IssuedWebTicket | undefined =>
  adapter.world.onPremises.issued.find((issued) => issued.token === token);
const participants = (...joins: Join[]): number => new Set(joins.map((join) => ticketOf(join)?.identity)).size;

/** The requests for tickets since the record was last cleared. */
const asked = (): UpstreamRequest[] => adapter.sent.filter(({ method }) => method === 'POST');

/** The identity with other values in it. */
function changed({ identity = '' }: Join, values: Record<string, unknown>): { identity: string } {
  return { identity: JSON.stringify({ ...(JSON.parse(identity) as object), ...values }) };
}

test('146, 147: a renewal sends what the grant sends, and the last ticket with its = encoded', async () => {
  const first = await issue();
  adapter.sent.length = 0;
  await reissue(first);
  const [request, ...others] = asked();
  expect(others).toEqual([]);
  expect(request?.url.href).toBe(contoso.tickets);
  expect(request?.body).toBe(
    'grant_type=urn%3Amicrosoft.rtc%3Aanonmeeting&password=5LB7MRBC' +
      '&ms_rtc_conferenceuri=sip%3Ajohn%40contoso.example%3Bgruu%3Bopaque%3Dapp%3Aconf%3Afocus%3Aid%3A5LB7MRBC' +
      `&ms_rtc_renew=${encodeURIComponent(first.token)}`,
  );
  expect(request?.body).toMatch(/ms_rtc_renew=cwt%3D[^=+/]+$/);
});

test('148: a ticket is renewed up to its end by the clock that is passed in, and not past it', async () => {
  const first = await issue();
  clock.advance({ minutes: 60, milliseconds: -1 });
  const second = await reissue(first);
  expect(second).toMatchObject({ identityPreserved: true, expiryTime: new Date(clock.now() + 3_600_000) });
  clock.advance({ minutes: 60 });
  adapter.sent.length = 0;
  const third = await reissue(second);
  expect(third.identityPreserved).toBe(false);
  expect(asked().filter(({ body }) => body?.includes('ms_rtc_renew'))).toEqual([]);
  expect(participants(first, second)).toBe(1);
  expect(participants(second, third)).toBe(2);
});

test('149, 153: three tickets and more in a chain are one participant', async () => {
  let last = await issue();
  const joins = [last];
  for (let hour = 0; hour < 4; hour++) {
    clock.advance({ minutes: 55 });
    last = await reissue(last, hour % 2 === 0 ? adapter.newPlatform() : platform);
    joins.push(last);
  }
  expect(joins.map(({ identityPreserved }) => identityPreserved)).toEqual(Array(5).fill(true));
  expect(participants(...joins)).toBe(1);
  expect(new Set(joins.map(({ token }) => token)).size).toBe(5);
});

test('150: without an identity that is known, the guest is another participant, and it is said', async () => {
  const first = await issue();
  for (const identity of [undefined, '', 'not JSON', '{}', '{"token":"cwt=AAEB"}', 'null']) {
    const other = await reissue({ ...(identity !== undefined && { identity }) });
    expect(other.identityPreserved).toBe(false);
    expect(participants(first, other)).toBe(2);
  }
});

test('151: a ticket for another conference is not continued', async () => {
  const johns = await issue();
  const [, danas] = adapter.world.onPremises.meetings;
  const moved = await reissue(changed(johns, { uri: danas?.conferenceUri, key: danas?.conferenceKey }));
  expect(moved.identityPreserved).toBe(false);
  expect(participants(johns, moved)).toBe(2);
});

test.each([['this process'], ['another process']])(
  '151: a key that was changed meanwhile is looked up again, and the guest is another participant: %s',
  async (where) => {
    const first = await issue();
    const [johns] = adapter.world.onPremises.meetings;
    if (johns) johns.conferenceKey = 'NEWKEY99';
    const second = await reissue(first, where === 'this process' ? platform : adapter.newPlatform());
    expect(second.identityPreserved).toBe(false);
    expect(participants(first, second)).toBe(2);
    expect(await reissue(second)).toMatchObject({ identityPreserved: true });
    expect(await issue()).toMatchObject({ conferenceUri: johns?.conferenceUri });
  },
);

test('152: a ticket that is garbage, foreign or cut short is given up for a new one', async () => {
  const first = await issue();
  for (const token of ['garbage', 'cwt=AAEB', first.token.slice(0, -8)]) {
    const other = await reissue(changed(first, { token }));
    expect(other.identityPreserved).toBe(false);
    expect(participants(first, other)).toBe(2);
  }
});

test('152: an expired ticket whose end the service has wrong is given up for a new one', async () => {
  const first = await issue();
  clock.advance({ minutes: 60 });
  const other = await reissue(changed(first, { expiresAt: clock.now() + 60_000 }));
  expect(other.identityPreserved).toBe(false);
  expect(ticketOf(other)).toMatchObject({ renewed: false });
});

test('155: two guests of one meeting have two tickets and are two participants', async () => {
  const [one, other] = await Promise.all([issue(), issue()]);
  expect(one.token).not.toBe(other.token);
  expect(participants(one, other)).toBe(2);
  const [again, otherAgain] = await Promise.all([reissue(one), reissue(other)]);
  expect(participants(one, again)).toBe(1);
  expect(participants(other, otherAgain)).toBe(1);
});

test('a renewal costs one call', async () => {
  const first = await issue();
  adapter.world.calls.length = 0;
  await reissue(first);
  expect(adapter.arrived()).toEqual([contoso.tickets]);
});

describe('an identity is kept', () => {
  test.each([
    ['is out of order', { status: 503 }],
    ['has an error of its own', { status: 400 }],
    ['is behind a proxy that fails', { status: 504 }],
    ['asks to slow down', { status: 429 }],
    ['answers with a page', { body: '<html>Please wait</html>' }],
    ['answers half', { malformed: true }],
  ])('while the server %s', async (_, fault) => {
    const first = await issue();
    adapter.world.faults.set('ucwa.token', fault);
    await expect(reissue(first)).rejects.toMatchObject({ name: 'Problem' });
    await adapter.world.faults.clearAll();
    expect(await reissue(first)).toMatchObject({ identityPreserved: true });
  });

  test('while the gateway is bad, and discovery finds the same server again', async () => {
    const first = await issue();
    adapter.world.faults.set('ucwa.token', { status: 502, times: 1 });
    await expect(reissue(first)).rejects.toMatchObject({ code: 'platform-unavailable' });
    expect(await reissue(first)).toMatchObject({ identityPreserved: true });
  });
});

test('an organizer who has moved to another pool takes the guest along as another participant', async () => {
  const first = await issue();
  adapter.behave({ redirect: 'other-pool' });
  adapter.world.faults.set('ucwa.token', { status: 502, times: 1 });
  const second = await reissue(first);
  expect(second.identityPreserved).toBe(false);
  expect(ticketOf(second)?.host).toBe('pool02.contoso.example');
});

test('a ticket of a host that is no longer among the platform’s goes nowhere', async () => {
  const first = await issue();
  adapter.world.calls.length = 0;
  const other = await reissue(changed(first, { tokenEndpoint: 'https://evil-contoso.example/WebTicket/oauthtoken' }));
  expect(other.identityPreserved).toBe(false);
  expect(new Set(adapter.world.calls.map(({ host }) => host))).toEqual(new Set(['lyncweb.contoso.example']));
});
