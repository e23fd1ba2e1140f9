import { at, noon, startTestSimulator, tokenPart, type TestSimulator } from '../../setUp.ts';

let simulator: TestSimulator;

beforeAll(async () => {
  simulator = await startTestSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

const ask = (query: string, header?: string) =>
  simulator.ask(simulator.managedIdentity.endpoint + query, {
    headers: header === undefined ? {} : { 'x-identity-header': header },
  });
const storage = '?api-version=2019-08-01&resource=https%3A%2F%2Fstorage.azure.com';

test('an app that shows its header gets a token for the resource', async () => {
  const { status, json } = await ask(storage, simulator.managedIdentity.header);
  expect(status).toBe(200);
  expect(json).toMatchObject({
    resource: 'https://storage.azure.com',
    token_type: 'Bearer',
    expires_on: String(Math.floor(noon / 1000) + 3599),
  });
  expect(tokenPart(String(at(json, 'access_token')), 'claims')).toMatchObject({
    aud: 'https://storage.azure.com',
    iss: `https://sts.windows.net/${simulator.entra.tenantId}/`,
    appid: at(json, 'client_id'),
  });
});

test('a user-assigned identity is named by its client id', async () => {
  const { json } = await ask(`${storage}&client_id=an-identity`, simulator.managedIdentity.header);
  expect(json).toMatchObject({ client_id: 'an-identity' });
});

test('a failure has the form of App Service', async () => {
  simulator.world.faults.set('identity.token', { status: 500 });
  expect(await ask(storage)).toMatchObject({ status: 500, json: { statusCode: 500 } });
});

test('no header, a wrong one, another version and no resource are refused', async () => {
  const { header } = simulator.managedIdentity;
  expect((await ask(storage)).status).toBe(401);
  expect((await ask(storage, 'wrong')).status).toBe(403);
  expect((await ask(storage.replace('2019', '2017'), header)).status).toBe(400);
  expect((await ask('?api-version=2019-08-01', header)).status).toBe(400);
  expect((await simulator.ask(new URL('/other', simulator.managedIdentity.endpoint).href)).status).toBe(404);
});
