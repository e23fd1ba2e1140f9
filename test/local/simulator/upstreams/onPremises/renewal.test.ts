import { at, noon } from '../../setUp.ts';
import { bearer, guest, startOnPremises, userUrl, type OnPremisesTest } from './onPremises.ts';

let simulator: OnPremisesTest;

beforeAll(async () => {
  simulator = await startOnPremises();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

const host = 'lyncweb.contoso.example';
const renew = (token: string, form = guest) => simulator.guestToken(host, { ...form, ms_rtc_renew: token });
const refusalOf = async (token: string, form: Record<string, string> = guest) =>
  at((await simulator.askTicket({ ...form, ms_rtc_renew: token })).json, 'error');
const minutes = 60_000;

test('149: a renewal keeps the anonymous identity', async () => {
  const first = await simulator.guestToken();
  const identity = simulator.lastIssued()?.identity;
  simulator.clock.now = noon + 50 * minutes;
  expect(await renew(first)).not.toBe(first);
  expect(simulator.lastIssued()).toMatchObject({ identity, renewed: true, expiresAt: noon + 110 * minutes });
});

test('153: a chain of three tokens keeps one identity, each renewed from the one before', async () => {
  const first = await simulator.guestToken();
  simulator.clock.now = noon + 50 * minutes;
  const second = await renew(first);
  simulator.clock.now = noon + 100 * minutes;
  await renew(second);
  const { issued } = simulator.world.onPremises;
  expect(issued.map(({ renewed }) => renewed)).toEqual([false, true, true]);
  expect(new Set(issued.map(({ identity }) => identity)).size).toBe(1);
  expect(new Set(issued.map(({ token }) => token)).size).toBe(3);
});

test('a token stays good until its own end, renewed or not', async () => {
  const first = await simulator.guestToken();
  await renew(first);
  simulator.clock.now = noon + 60 * minutes - 1;
  expect((await simulator.ask(userUrl, { headers: bearer(first) })).status).toBe(200);
  await renew(first);
  simulator.clock.now += 1;
  expect((await simulator.ask(userUrl, { headers: bearer(first) })).status).toBe(403);
});

test('150: a fresh grant is another participant', async () => {
  await simulator.guestToken();
  await simulator.guestToken();
  const [first, second] = simulator.world.onPremises.issued;
  expect(second).toMatchObject({ renewed: false });
  expect(second?.identity).not.toBe(first?.identity);
});

test('152: an expired, foreign or garbage token is invalid_grant, an empty one invalid_request', async () => {
  const token = await simulator.guestToken();
  expect(await refusalOf(await simulator.guestToken('pool01.contoso.example'))).toBe('invalid_grant');
  expect(await refusalOf(token.replace('cwt=', ''))).toBe('invalid_grant');
  expect(await refusalOf('cwt=AAEB')).toBe('invalid_grant');
  expect(await refusalOf(`${token.slice(0, -9)}AAAAAAAA=`)).toBe('invalid_grant');
  expect(await refusalOf('')).toBe('invalid_request');
  simulator.clock.now = noon + 60 * minutes;
  expect(await refusalOf(token)).toBe('invalid_grant');
});

test('151: another conference, another key, or the token of an account is invalid_grant', async () => {
  const [johns, danas] = simulator.world.onPremises.meetings;
  const token = await simulator.guestToken();
  const danasForm = {
    ...guest,
    password: danas?.conferenceKey ?? '',
    ms_rtc_conferenceuri: danas?.conferenceUri ?? '',
  };
  expect(await refusalOf(token, danasForm)).toBe('invalid_grant');
  expect(await refusalOf(token, { ...guest, password: 'G03W98W4' })).toBe('invalid_grant');
  // Even where the meeting itself has a new key by now.
  if (johns) johns.conferenceKey = 'NEWKEY99';
  expect(await refusalOf(token, { ...guest, password: 'NEWKEY99' })).toBe('invalid_grant');

  const account = { grant_type: 'password', username: 'johndoe', password: 'A3ddj3w' };
  expect(await refusalOf(await simulator.guestToken(host, account), danasForm)).toBe('invalid_grant');
});

test('a token that is not percent-encoded is spoilt on the way', async () => {
  const token = await simulator.guestToken();
  const encoded = new URLSearchParams(guest).toString();
  const { status } = await simulator.askTicket(`${encoded}&ms_rtc_renew=${token}`);
  expect(status).toBe(400);
  expect((await simulator.askTicket(`${encoded}&ms_rtc_renew=${encodeURIComponent(token)}`)).status).toBe(200);
});

test('a reset forgets the record, not the tokens', async () => {
  const token = await simulator.guestToken();
  await simulator.world.reset();
  expect(simulator.world.onPremises.issued).toEqual([]);
  await renew(token);
  expect(simulator.lastIssued()?.renewed).toBe(true);
});
