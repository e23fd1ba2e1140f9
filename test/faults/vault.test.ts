import { randomUUID } from 'node:crypto';
import type { Fault } from '../../local/simulator/faults.ts';
import { failureOf, issue, requestSignal, startFaultyService, type FaultyService } from './faultyService.ts';

let service: FaultyService;

beforeAll(async () => {
  service = await startFaultyService();
});
afterEach(() => service.mend());
afterAll(() => service.stop());

test('the vault goes down after the start: requests go on, also when the key ring is due for another look', async () => {
  let minutesAhead = 0;
  const app = await service.warmApp({}, () => Date.now() + minutesAhead * 60_000);
  await service.world.faults.down('vault', true);
  const { guest } = await issue(app);
  minutesAhead = 16;
  await expect(issue(app)).resolves.toMatchObject({ created: true });
  await expect(app.rejoin(guest, requestSignal())).resolves.toMatchObject({ row: { rejoinCount: 1 } });
});

test('the vault is down at the start: the coded problem at once, and the same guest when it is back', async () => {
  const app = service.newApp();
  await service.world.faults.down('vault', true);
  const failures = await Promise.all([failureOf(issue(app)), failureOf(issue(app))]);
  for (const failure of failures) {
    expect(failure).toMatchObject({ code: 'secrets-unavailable', retryAfterSeconds: 5 });
    expect(failure.elapsedMs).toBeLessThan(3_000);
  }
  const [{ applicationSessionId = '' }] = failures;
  expect(await service.rowsOf(applicationSessionId)).toEqual([]);

  await service.world.faults.down('vault', false);
  const { guest, created } = await issue(app, applicationSessionId);
  expect([guest.applicationSessionId, created]).toEqual([applicationSessionId, true]);
});

test('the vault goes down between the two secrets: no row stays, and the same guest gets in afterwards', async () => {
  const app = service.newApp();
  service.world.secrets.remove('entra-client-secret');
  const failure = await failureOf(issue(app));
  expect(failure.code).toBe('secrets-unavailable');
  expect(await service.rowsOf(failure.applicationSessionId ?? '')).toEqual([]);

  await service.mend();
  await expect(issue(app, failure.applicationSessionId)).resolves.toMatchObject({ created: true });
});

test.each<[string, Fault]>([
  ['hangs', { never: true }],
  ['answers 500', { status: 500 }],
  ['answers 503', { status: 503 }],
  ['refuses our identity', { status: 403 }],
  ['does not know the secret', { status: 404 }],
  ['answers half a JSON text', { malformed: true }],
  ['is cut off', { cut: 'before-answer' }],
])('a vault that %s fails a cold instance in bounded time, and not for ever', async (_, fault) => {
  const app = service.newApp();
  service.world.faults.set('vault.secret', fault);
  const failure = await failureOf(issue(app));
  expect(failure.code).toBe('secrets-unavailable');
  expect(failure.elapsedMs).toBeLessThan(8_000);

  service.world.faults.clear();
  await expect(issue(app, failure.applicationSessionId)).resolves.toMatchObject({ created: true });
});

test.each<[string, Fault | 'down']>([
  ['is down', 'down'],
  ['hangs', { never: true }],
  ['answers 500', { status: 500 }],
])('an identity endpoint that %s at the start makes the secrets unavailable until it is back', async (_, fault) => {
  // Of its own, because the SDK keeps the tokens of an identity for the whole process.
  const app = service.newApp({ AZURE_CLIENT_ID: randomUUID() });
  if (fault === 'down') await service.world.faults.down('identity', true);
  else service.world.faults.set('identity.token', fault);
  const failure = await failureOf(issue(app));
  expect(failure.code).toBe('secrets-unavailable');
  expect(failure.elapsedMs).toBeLessThan(8_000);

  service.world.faults.clear();
  await service.world.faults.down('identity', false);
  await expect(issue(app, failure.applicationSessionId)).resolves.toMatchObject({ created: true });
});
