import { managedIdentity } from '../../../lib/azure/managedIdentity.ts';
import { readWebToken } from '../../../local/simulator/webToken.ts';
import { startTestCloud, type TestCloud } from '../../support/testCloud.ts';

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud.stop());

const named = '11111111-2222-4333-8444-777777777777';

async function claimsOf(clientId: string | undefined): Promise<Record<string, unknown> | undefined> {
  const credential = await managedIdentity(clientId);
  const answer = await credential.getToken('https://storage.azure.com/.default');
  return readWebToken(answer?.token ?? '')?.claims;
}

test('the identity of the app gets a token for the service that it asks for', async () => {
  expect(await claimsOf(undefined)).toMatchObject({ aud: 'https://storage.azure.com' });
});

test('a user-assigned identity is named by its client id, any other is the one of the app', async () => {
  expect(await claimsOf(named)).toMatchObject({ appid: named });
  expect(await claimsOf(undefined)).not.toMatchObject({ appid: named });
});

test('a failure of its endpoint is told, and the next call asks again', async () => {
  const credential = await managedIdentity('11111111-2222-4333-8444-888888888888');
  await cloud.simulator.world.faults.down('identity', true);
  await expect(credential.getToken('https://storage.azure.com/.default')).rejects.toThrow();
  await cloud.simulator.world.faults.down('identity', false);
  await expect(credential.getToken('https://storage.azure.com/.default')).resolves.toHaveProperty('token');
});
