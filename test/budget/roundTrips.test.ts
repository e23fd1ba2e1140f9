import { randomUUID } from 'node:crypto';
import type { Service } from '../../lib/service.ts';
import { startTableProxy, type TableProxy } from '../support/tableProxy.ts';
import { meetingUrl, startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { until } from '../support/until.ts';

let cloud: TestCloud;
let tables: TableProxy;
let app: Service;

beforeAll(async () => {
  cloud = await startTestCloud();
  tables = await startTableProxy(cloud.tablesConnectionString);
});

beforeEach(() => {
  app = newApp();
});

afterEach(() => {
  tables.mend();
  cloud.simulator.world.faults.clear();
});

afterAll(async () => {
  await tables.stop();
  await cloud.stop();
});

const newApp = (changes = {}) => cloud.newApp({ TABLES_CONNECTION_STRING: tables.connectionString, ...changes });
const signal = () => AbortSignal.timeout(15_000);

function forgetCalls(): void {
  tables.calls.length = 0;
  cloud.simulator.world.calls.length = 0;
}

/** Calls to the simulated services by operation, without those that were not made. */
function servicesCalled(): Record<string, number> {
  return Object.fromEntries(Object.entries(cloud.simulator.world.counts()).filter(([, count]) => count > 0));
}

describe('a warm instance', () => {
  beforeEach(async () => {
    await app.issue({ meetingUrl }, signal());
    forgetCalls();
  });

  test('issues with two inserts and one platform call', async () => {
    await app.issue({ meetingUrl }, signal());
    expect(tables.counts()).toEqual({ 'guests insert': 1, 'meetingGuests upsert': 1 });
    expect(servicesCalled()).toEqual({ 'platform.tokens': 1 });
  });

  test('makes the two inserts and the platform call side by side: each begins before any other has its answer', async () => {
    const { calls, faults } = cloud.simulator.world;
    faults.set('platform.tokens', { never: true });
    tables.holdAnswers();
    const caller = new AbortController();
    const issuing = app.issue({ meetingUrl }, caller.signal);
    await until(() => tables.calls.length === 2 && calls.length === 1);
    expect(tables.counts()).toEqual({ 'guests insert': 1, 'meetingGuests upsert': 1 });
    expect(servicesCalled()).toEqual({ 'platform.tokens': 1 });
    // Status 0 is a call without an answer.
    expect([...tables.calls, ...calls].map(({ status }) => status)).toEqual([0, 0, 0]);
    caller.abort();
    tables.mend();
    await expect(issuing).rejects.toMatchObject({ code: 'platform-timeout' });
  });

  test('issues for a named id with the same calls, none of them before the guest is inserted', async () => {
    tables.holdAnswers();
    const issuing = app.issue({ meetingUrl, applicationSessionId: randomUUID() }, signal());
    await until(() => tables.calls.length > 0);
    expect([tables.counts(), servicesCalled()]).toEqual([{ 'guests insert': 1 }, {}]);
    tables.mend();
    await issuing;
    expect(tables.counts()).toEqual({ 'guests insert': 1, 'meetingGuests upsert': 1 });
    expect(servicesCalled()).toEqual({ 'platform.tokens': 1 });
  });

  test('rejoins with one point read, one update and one platform call', async () => {
    const { guest } = await app.issue({ meetingUrl }, signal());
    forgetCalls();
    await app.rejoin(guest, signal());
    expect(tables.counts()).toEqual({ 'guests read': 1, 'guests update': 1 });
    expect(servicesCalled()).toEqual({ 'platform.tokens': 1 });
  });

  test('updates the row of a rejoin beside the platform call, both after the read', async () => {
    const { guest } = await app.issue({ meetingUrl }, signal());
    forgetCalls();
    const { calls, faults } = cloud.simulator.world;
    faults.set('platform.tokens', { never: true });
    const releaseRead = tables.holdAnswers();
    const caller = new AbortController();
    const rejoining = app.rejoin(guest, caller.signal);
    await until(() => tables.calls.length > 0);
    expect([tables.counts(), servicesCalled()]).toEqual([{ 'guests read': 1 }, {}]);
    releaseRead();
    tables.holdAnswers();
    await until(() => tables.calls.length === 2 && calls.length === 1);
    expect(tables.counts()).toEqual({ 'guests read': 1, 'guests update': 1 });
    expect([tables.calls[1]?.status, calls[0]?.status]).toEqual([0, 0]);
    caller.abort();
    tables.mend();
    await expect(rejoining).rejects.toMatchObject({ code: 'platform-timeout' });
  });

  test('reads neither the vault nor Entra for the next hundred guests', async () => {
    await Promise.all(Array.from({ length: 100 }, () => app.issue({ meetingUrl }, signal())));
    expect(tables.counts()).toEqual({ 'guests insert': 100, 'meetingGuests upsert': 100 });
    expect(servicesCalled()).toEqual({ 'platform.tokens': 100 });
  });
});

describe('a cold instance under 50 requests at once', () => {
  test('reads each secret once, asks Entra once an audience and walks discovery once', async () => {
    // The SDK keeps the tokens of an identity for the whole process: another identity is one that has none yet.
    app = newApp({ AZURE_CLIENT_ID: randomUUID() });
    forgetCalls();
    await Promise.all(Array.from({ length: 50 }, () => app.issue({ meetingUrl }, signal())));
    const { calls } = cloud.simulator.world;
    const reads = calls.filter(({ operation, authorized }) => operation === 'vault.secret' && authorized);
    expect(reads.map(({ path }) => path).sort()).toEqual(['/secrets/entra-client-secret/', '/secrets/guest-keys/']);
    expect(servicesCalled()).toEqual({
      // Side by side, each of the two reads is challenged before the vault client sends a token.
      'vault.secret': 4,
      'identity.token': 1,
      'entra.metadata': 1,
      'entra.token': 1,
      'platform.discover': 1,
      'platform.applications': 1,
      'platform.application': 1,
      'platform.tokens': 50,
    });
    expect(tables.counts()).toEqual({ 'guests insert': 50, 'meetingGuests upsert': 50 });
  });
});
