import type { Fault } from '../../../local/simulator/faults.ts';
import { says, startPatient, type Patient } from './patient.ts';

let patient: Patient;

beforeAll(async () => {
  patient = await startPatient();
});
afterEach(() => patient.heal());
afterAll(() => patient.stop());

describe('the managed identity', () => {
  test('is not there on an administrator’s machine, who is told of --as-me; the vault is not asked for secrets', async () => {
    const { check, outcomes } = await patient.examine({ IDENTITY_ENDPOINT: '' });
    expect(check('identity')).toEqual(
      says('fail', /no managed identity on this machine/, /az login, then npm run doctor -- --as-me/),
    );
    expect(outcomes.join()).not.toContain('secret/');
    // A connection string needs no identity.
    expect(outcomes).toContain('pass tables/guests');
  });

  test('opens no tables either where these need it', async () => {
    const changes = {
      IDENTITY_ENDPOINT: '',
      TABLES_CONNECTION_STRING: '',
      TABLES_ENDPOINT: 'https://localhost:1/account',
    };
    expect((await patient.examine(changes)).outcomes.join()).not.toContain('tables/');
  });

  // The SDK keeps the tokens of an identity for the whole process, so each has a name of its own.
  test.each<[string, string, Fault, RegExp, RegExp]>([
    [
      'that the app has not',
      '11111111-2222-4333-8444-0000000000a1',
      { status: 400 },
      /no identity with the client id 11111111-2222-4333-8444-0000000000a1/,
      /az functionapp identity assign/,
    ],
    [
      'whose service is out of order',
      '11111111-2222-4333-8444-0000000000a2',
      { status: 500 },
      /gives no token/,
      /restart the app/,
    ],
  ])('%s', async (_, AZURE_CLIENT_ID, fault, reason, nextStep) => {
    patient.world.faults.set('identity.token', fault);
    expect(await patient.checkOf('identity', { AZURE_CLIENT_ID })).toEqual(says('fail', reason, nextStep));
  });

  test('that no setting names and the app has not', async () => {
    patient.world.faults.set('identity.token', { status: 400 });
    expect(await patient.checkOf('identity')).toEqual(
      says('fail', /no system-assigned identity/, /Set AZURE_CLIENT_ID/),
    );
  });

  test('whose endpoint refuses connections', async () => {
    await patient.world.faults.down('identity', true);
    expect(await patient.checkOf('identity', { AZURE_CLIENT_ID: '11111111-2222-4333-8444-0000000000a3' })).toEqual(
      says('fail', /gives no token/, /restart the app/),
    );
  });
});
