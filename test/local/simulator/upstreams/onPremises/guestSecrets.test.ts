import { bearer, guest, startOnPremises, userUrl, type OnPremisesTest } from './onPremises.ts';

let simulator: OnPremisesTest;

beforeAll(async () => {
  simulator = await startOnPremises();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

const secretsOfLastCall = () => simulator.world.calls.at(-1)?.secrets;

test('a call shows which secrets came with it, wherever they stood', async () => {
  const token = await simulator.guestToken();
  expect(secretsOfLastCall()).toEqual(['password']);
  await simulator.askTicket({ ...guest, ms_rtc_renew: token });
  expect(secretsOfLastCall()).toEqual(['web-ticket', 'password']);
  await simulator.ask(userUrl, { headers: bearer(token) });
  expect(secretsOfLastCall()).toEqual(['web-ticket']);
  await simulator.ask('https://evil-contoso.example/', { headers: { 'x-note': 'the key is G03W98W4' } });
  expect(secretsOfLastCall()).toEqual(['password']);
});

test('a call without secrets shows none; a key that is the id of its meeting too is no secret in a URL', async () => {
  await simulator.ask('https://meet.contoso.example/john/5LB7MRBC');
  expect(simulator.world.calls.at(-1)).not.toHaveProperty('secrets');
});

test('a foreign host plays along, so that a client which is fooled shows', async () => {
  const host = 'evil-contoso.example';
  const token = await simulator.guestToken(host);
  expect(
    (await simulator.ask(userUrl.replace('lyncweb.contoso.example', host), { headers: bearer(token) })).status,
  ).toBe(200);
  expect(simulator.world.calls).toMatchObject([
    { host, secrets: ['password'] },
    { host, secrets: ['web-ticket'] },
  ]);
});
