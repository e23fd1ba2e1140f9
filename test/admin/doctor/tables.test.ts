import { tableNames } from '../../../lib/service.ts';
import { startAzurite, createTables, type Azurite } from '../../../local/azurite.ts';
import { pemFile } from '../../support/testCloud.ts';
import { says, startPatient, type Patient } from './patient.ts';
import { startStorageServer, type StorageRefusal, type StorageServer } from './storageServer.ts';

let patient: Patient;
let storage: StorageServer;

beforeAll(async () => {
  [patient, storage] = await Promise.all([startPatient(), startStorageServer()]);
});
afterEach(async () => {
  storage.refusal = undefined;
  await patient.heal();
});
afterAll(() => Promise.all([patient.stop(), storage.stop()]));

/** Settings as in Azure: the endpoint, which the identity opens. */
const byIdentity = (): Record<string, string> => ({
  TABLES_CONNECTION_STRING: '',
  TABLES_ENDPOINT: storage.endpoint,
  AZURE_CLIENT_ID: '11111111-2222-4333-8444-000000000001',
});
const tablesIn = (outcomes: readonly string[]): string[] => outcomes.filter((outcome) => outcome.includes(' tables/'));

describe('tables that are missing', () => {
  let azurite: Azurite;
  beforeAll(async () => {
    azurite = await startAzurite({ tls: { certFile: pemFile('cert'), keyFile: pemFile('key') } });
    await createTables(azurite.connectionString(), ['guests', 'discoveryHealth']);
  });
  afterAll(() => azurite.stop());

  test('are all named, each with the command that creates it; the others pass, by connection string and by identity', async () => {
    const settings = [
      { TABLES_CONNECTION_STRING: azurite.connectionString() },
      { ...byIdentity(), TABLES_ENDPOINT: azurite.tableEndpoint() },
    ];
    for (const changes of settings) {
      const { outcomes, check } = await patient.examine(changes);
      expect(tablesIn(outcomes)).toEqual([
        'pass tables/guests',
        'fail tables/meetingGuests',
        'fail tables/meetingRequests',
        'pass tables/discoveryHealth',
        'fail tables/healthSubscriptions',
      ]);
      expect(check('tables/meetingRequests')).toEqual(
        says(
          'fail',
          /^There is no table meetingRequests\.$/,
          /az storage table create --name meetingRequests --account-name \w+ --auth-mode login$/,
        ),
      );
    }
  });
});

test('every table of the service is looked at', async () => {
  const { outcomes } = await patient.examine(byIdentity());
  expect(tablesIn(outcomes)).toEqual(tableNames.map((name) => `pass tables/${name}`));
});

describe('a storage account that refuses', () => {
  const role =
    /az role assignment create --assignee 11111111-2222-4333-8444-000000000001 --role "Storage Table Data Contributor" --scope "\$\(az storage account show --name/;

  test.each<[string, StorageRefusal, RegExp, RegExp]>([
    [
      'without a role',
      { status: 403, code: 'AuthorizationPermissionMismatch' },
      /lacks the role for that at this storage account/,
      role,
    ],
    [
      'to somebody who may only read',
      { status: 403, code: 'AuthorizationPermissionMismatch', method: 'DELETE' },
      /may not read and write the table guests/,
      role,
    ],
    [
      'by its network rules',
      { status: 403, code: 'AuthorizationFailure' },
      /network rules of the storage account/,
      /az storage account network-rule list/,
    ],
    [
      'to another tenant',
      { status: 401, code: 'InvalidAuthenticationInfo' },
      /of another tenant, or the clock is wrong/,
      /check "clock"/,
    ],
    [
      'to a token of another time',
      { status: 403, code: 'AuthenticationFailed' },
      /does not accept the token/,
      /check "clock"/,
    ],
    [
      'because it is busy',
      { status: 503, code: 'ServerBusy' },
      /tables are out of order \(503\)/,
      /health of the storage account/,
    ],
  ])('%s is reported once, because it is the same for all tables', async (_, refusal, reason, nextStep) => {
    storage.refusal = refusal;
    const { outcomes, check } = await patient.examine(byIdentity());
    expect(tablesIn(outcomes)).toEqual(['fail tables/guests']);
    expect(check('tables/guests')).toEqual(says('fail', reason, nextStep));
    // The rest does not depend on the tables.
    expect(outcomes).toContain('pass trusted-application/guest-join');
  });

  test('to an account key', async () => {
    const key = Buffer.alloc(64).toString('base64');
    const connectionString = patient.secret.cloud.tablesConnectionString.replace(
      /AccountKey=[^;]+/,
      `AccountKey=${key}`,
    );
    expect(await patient.checkOf('tables/guests', { TABLES_CONNECTION_STRING: connectionString })).toEqual(
      says('fail', /does not accept the account key/, /Copy TABLES_CONNECTION_STRING again/),
    );
  });
});

describe('a storage account that does not answer', () => {
  test('because its port is closed', async () => {
    await patient.secret.tables.setDown(true);
    expect(await patient.checkOf('tables/guests')).toEqual(
      says('fail', /^The table server refuses connections/, /TABLES_CONNECTION_STRING/),
    );
  });

  test('because it is not in the DNS', async () => {
    const changes = { ...byIdentity(), TABLES_ENDPOINT: 'https://contosoguests.table.invalid' };
    expect(await patient.checkOf('tables/guests', changes)).toEqual(
      says('fail', /^contosoguests\.table\.invalid has no address/, /Correct TABLES_ENDPOINT/),
    );
  });

  test('because it hangs', async () => {
    patient.secret.tables.break({ kind: 'stall', times: 1 });
    const check = await patient.checkOf('tables/guests', {}, { azureCallTimeoutMs: 500 });
    expect(check).toEqual(says('fail', /does not answer in time/, /network rules/));
  });

  test('because the connection string is half', async () => {
    expect(await patient.checkOf('tables/guests', { TABLES_CONNECTION_STRING: 'AccountName=contoso' })).toEqual(
      says('fail', /TABLES_CONNECTION_STRING cannot be read/, /Copy it again/),
    );
  });
});
