import { applicationsUrl, bearer, rootPath, startOnPremises, userUrl, type OnPremisesTest } from './onPremises.ts';

let simulator: OnPremisesTest;

beforeAll(async () => {
  simulator = await startOnPremises();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

const body = { culture: 'en-US', endpointId: 'e1', userAgent: 'test' };
const create = async (origin: string) =>
  simulator.ask(applicationsUrl, {
    method: 'POST',
    headers: { ...bearer(await simulator.guestToken()), 'content-type': 'application/json', 'x-ms-origin': origin },
    body,
  });

test('206: an X-Ms-Origin that is not on the list is refused with 403 and the reason in a header', async () => {
  const refused = await create('https://apps.contoso.com');
  expect(refused.status).toBe(403);
  expect(refused.headers['x-ms-diagnostics']).toContain(
    'Service does not allow a cross domain request from this origin.',
  );
  simulator.behave({ crossDomainOrigins: ['https://apps.contoso.com'] });
  expect((await create('https://apps.contoso.com')).status).toBe(201);
});

test('206: scheme, host and port of an origin count, their letter case does not', async () => {
  simulator.behave({ crossDomainOrigins: ['https://apps.contoso.com/'] });
  for (const origin of [
    'http://apps.contoso.com',
    'https://contoso.com',
    'https://apps.contoso.com:8443',
    'null',
    '',
  ]) {
    expect((await create(origin)).status).toBe(403);
  }
  expect((await create('https://APPS.contoso.com:443')).status).toBe(201);
});

test('206: the list holds for discovery and tokens too, and only for who names an origin', async () => {
  const root = `https://lyncweb.contoso.example${rootPath}`;
  for (const url of [root, userUrl]) {
    expect((await simulator.ask(url, { headers: { 'x-ms-origin': 'https://evil.example' } })).status).toBe(403);
    expect((await simulator.ask(url)).status).not.toBe(403);
  }
  expect((await simulator.askTicket({}, { headers: { 'x-ms-origin': 'https://evil.example' } })).status).toBe(403);
});
