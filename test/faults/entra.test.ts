import { meetingUrl } from '../support/testCloud.ts';
import { failureOf, issue, requestSignal, startFaultyService, type FaultyService } from './faultyService.ts';

let service: FaultyService;
/** How far the app's clock is ahead of everybody else's, in minutes. */
let minutesAhead = 0;
const now = () => Date.now() + minutesAhead * 60_000;

beforeAll(async () => {
  service = await startFaultyService();
});
beforeEach(() => {
  minutesAhead = 0;
});
afterEach(() => service.mend());
afterAll(() => service.stop());

describe('Entra does not answer', () => {
  test('requests go on with the token that is known, also when it is due for renewal', async () => {
    const app = await service.warmApp({}, now);
    await service.world.faults.down('entra', true);
    const { guest } = await issue(app);
    expect(service.world.counts()['entra.token']).toBe(1);

    minutesAhead = 57;
    const issued = await Promise.all(Array.from({ length: 20 }, () => issue(app)));
    expect(issued.map(({ created }) => created)).toEqual(issued.map(() => true));
    await expect(app.rejoin(guest, requestSignal())).resolves.toMatchObject({ row: { rejoinCount: 1 } });
  });

  test('and the token is past its life: the coded problem at once, and the same guest when Entra is back', async () => {
    const app = await service.warmApp({}, now);
    await service.world.faults.down('entra', true);
    minutesAhead = 61;
    const failure = await failureOf(issue(app));
    expect(failure).toMatchObject({ code: 'platform-unavailable', retryAfterSeconds: 5 });
    expect(failure.elapsedMs).toBeLessThan(3_000);
    expect(await service.rowsOf(failure.applicationSessionId ?? '')).toEqual([]);

    await service.world.faults.down('entra', false);
    const { guest, created } = await issue(app, failure.applicationSessionId);
    expect([guest.applicationSessionId, created]).toEqual([failure.applicationSessionId, true]);
    expect(service.tokensOf(guest.applicationSessionId)).toBe(1);
  });

  test('to a cold instance, which says so at once and starts when Entra is back', async () => {
    const app = service.newApp();
    await service.world.faults.down('entra', true);
    const failures = await Promise.all([failureOf(issue(app)), failureOf(issue(app)), failureOf(issue(app))]);
    for (const { code, elapsedMs } of failures) {
      expect(code).toBe('platform-unavailable');
      expect(elapsedMs).toBeLessThan(3_000);
    }
    await service.world.faults.down('entra', false);
    await expect(issue(app, failures[0].applicationSessionId)).resolves.toMatchObject({ created: true });
  });

  test('and hangs: a cold instance says so in bounded time, and starts when Entra is back', async () => {
    const app = service.newApp();
    service.world.faults.set('entra.token', { never: true });
    const failure = await failureOf(issue(app));
    expect(failure.code).toBe('platform-unavailable');
    expect(failure.elapsedMs).toBeLessThan(8_000);
    service.world.faults.clear();
    await expect(issue(app, failure.applicationSessionId)).resolves.toMatchObject({ created: true });
  });

  test('and hangs, while the known token is dropped: a request is not held up beyond its own time', async () => {
    const app = await service.warmApp();
    service.world.entra.revokeIssuedTokens();
    service.world.faults.set('entra.token', { never: true });
    const failure = await failureOf(app.issue({ meetingUrl }, AbortSignal.timeout(500)));
    expect(failure.code).toBe('platform-timeout');
    expect(failure.elapsedMs).toBeLessThan(2_000);
  });
});

test.each([
  ['answers 500', { status: 500 }],
  ['answers 503', { status: 503 }],
  ['is cut off', { cut: 'before-answer' as const }],
])('Entra %s once: no caller notices', async (_, fault) => {
  const app = service.newApp();
  service.world.faults.set('entra.token', { ...fault, times: 1 });
  await expect(issue(app)).resolves.toMatchObject({ created: true });
});

test('a client secret that Entra refuses is told apart from an outage, and mended in Entra it works at once', async () => {
  const app = service.newApp();
  const accepted = service.world.entra.acceptedSecrets;
  service.world.entra.acceptedSecrets = ['another secret'];
  const failure = await failureOf(issue(app));
  expect(failure).toMatchObject({ code: 'platform-refused', reason: 'credentials-rejected' });
  expect(await service.rowsOf(failure.applicationSessionId ?? '')).toEqual([]);

  service.world.entra.acceptedSecrets = accepted;
  await expect(issue(app, failure.applicationSessionId)).resolves.toMatchObject({ created: true });
});
