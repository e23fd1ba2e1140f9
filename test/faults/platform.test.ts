import { randomUUID } from 'node:crypto';
import { guestIdOf } from '../../lib/guests/identity.ts';
import type { ProblemCode } from '../../lib/problem.ts';
import type { Fault } from '../../local/simulator/faults.ts';
import { failureOf, issue, requestSignal, startFaultyService, type FaultyService } from './faultyService.ts';

let service: FaultyService;

beforeAll(async () => {
  service = await startFaultyService();
});
afterEach(() => service.mend());
afterAll(() => service.stop());

/** A request that must not hang: a caller's 15 s are far away. */
const soonMs = 3_000;

const tokenFaults: [name: string, fault: Fault, code: ProblemCode][] = [
  ['is cut off before its answer', { cut: 'before-answer' }, 'platform-unavailable'],
  ['is cut off in the middle of its answer', { cut: 'mid-body' }, 'platform-unavailable'],
  ['answers 500', { status: 500 }, 'platform-unavailable'],
  ['answers 502', { status: 502 }, 'platform-unavailable'],
  ['answers 503', { status: 503 }, 'platform-unavailable'],
  ['answers 504', { status: 504 }, 'platform-timeout'],
  ['answers 401 to every token', { status: 401 }, 'platform-refused'],
  ['answers half a JSON text', { malformed: true }, 'platform-refused'],
  ['answers HTML', { body: '<html>down</html>', contentType: 'text/html' }, 'platform-refused'],
  ['answers more than 64 KiB', { oversize: true }, 'platform-refused'],
];

describe.each(tokenFaults)('a platform that %s', (_, fault, code) => {
  test('fails an issue with the coded problem and leaves no row; sent again, it admits the same guest', async () => {
    const app = await service.warmApp();
    service.world.faults.set('platform.tokens', fault);
    const failure = await failureOf(issue(app));
    const sessionId = failure.applicationSessionId ?? '';
    expect(failure.code).toBe(code);
    expect(failure.elapsedMs).toBeLessThan(soonMs);
    expect(await service.rowsOf(sessionId)).toEqual([]);

    service.world.faults.clear();
    const { created, row, guest } = await issue(app, sessionId);
    expect([created, guest.applicationSessionId, row.guestId]).toEqual([true, sessionId, guestIdOf(sessionId)]);
    expect(service.world.platform.issued.at(-1)?.applicationSessionId).toBe(sessionId);
    expect(await service.rowsOf(sessionId)).toHaveLength(2);
  });

  test('fails a rejoin with the coded problem, and the next one rejoins as the same guest', async () => {
    const app = await service.warmApp();
    const { guest, row } = await issue(app);
    service.world.faults.set('platform.tokens', fault);
    const failure = await failureOf(app.rejoin(guest, requestSignal()));
    expect(failure).toMatchObject({ code, applicationSessionId: guest.applicationSessionId });
    expect(failure.elapsedMs).toBeLessThan(soonMs);

    service.world.faults.clear();
    const rejoined = await app.rejoin(guest, requestSignal());
    expect(rejoined.row.guestId).toBe(row.guestId);
    expect(rejoined.join.identityPreserved).toBe(true);
    expect(service.world.platform.issued.at(-1)?.applicationSessionId).toBe(guest.applicationSessionId);
  });
});

describe('a platform whose port is closed', () => {
  test('fails issue and rejoin at once, and admits the same guests when it is back', async () => {
    const app = await service.warmApp();
    const { guest } = await issue(app);
    await service.world.faults.down('platform', true);
    const failures = await Promise.all([
      failureOf(issue(app, randomUUID())),
      failureOf(app.rejoin(guest, requestSignal())),
    ]);
    for (const failure of failures) {
      expect(failure.code).toBe('platform-unavailable');
      expect(failure.retryAfterSeconds).toBeGreaterThan(0);
      expect(failure.elapsedMs).toBeLessThan(soonMs);
    }
    const [{ applicationSessionId = '' }] = failures;
    expect(await service.rowsOf(applicationSessionId)).toEqual([]);

    await service.world.faults.down('platform', false);
    const other = service.newApp();
    expect((await issue(other, applicationSessionId)).row.guestId).toBe(guestIdOf(applicationSessionId));
    expect((await other.rejoin(guest, requestSignal())).row.rejoinCount).toBeGreaterThan(0);
  });

  test('fails a cold instance at once, and leaves it able to start', async () => {
    const app = service.newApp();
    await service.world.faults.down('platform', true);
    const failure = await failureOf(issue(app));
    expect(failure.code).toBe('platform-unavailable');
    expect(failure.elapsedMs).toBeLessThan(soonMs);
    await service.world.faults.down('platform', false);
    await expect(issue(app, failure.applicationSessionId)).resolves.toMatchObject({ created: true });
  });
});

describe('a slow platform', () => {
  test('is waited for while it answers within the time of a call', async () => {
    const app = await service.warmApp();
    service.world.faults.set('platform.tokens', { delayMs: 300 });
    await expect(issue(app)).resolves.toMatchObject({ created: true });
  });

  test('that never answers costs callers the time of a call, then milliseconds, and loses no guest', async () => {
    const [warm, cold] = [await service.warmApp(), service.newApp()];
    const { guest } = await issue(warm);
    service.world.faults.set('platform.tokens', { never: true });
    service.world.faults.set('platform.discover', { never: true });
    const [rejoined, first, ...issued] = await Promise.all([
      failureOf(warm.rejoin(guest, requestSignal())),
      failureOf(issue(cold)),
      ...Array.from({ length: 4 }, () => failureOf(issue(warm))),
    ]);
    for (const failure of [rejoined, first, ...issued]) {
      expect(failure.code).toBe('platform-timeout');
      expect(failure.elapsedMs).toBeLessThan(9_000);
    }
    // Five in a row have opened the breaker.
    const calls = service.world.counts()['platform.tokens'];
    const late = await Promise.all(Array.from({ length: 20 }, () => failureOf(issue(warm))));
    for (const failure of late) {
      expect(failure.code).toBe('platform-unavailable');
      expect(failure.elapsedMs).toBeLessThan(2_000);
    }
    expect(service.world.counts()['platform.tokens']).toBe(calls);

    service.world.faults.clear();
    for (const failure of [first, ...issued, ...late]) {
      const { applicationSessionId = '' } = failure;
      expect(await service.rowsOf(applicationSessionId)).toEqual([]);
      await expect(issue(cold, applicationSessionId)).resolves.toMatchObject({ created: true });
      expect(service.tokensOf(applicationSessionId)).toBe(1);
    }
    await expect(cold.rejoin(guest, requestSignal())).resolves.toMatchObject({ join: { identityPreserved: true } });
  });
});

describe('a platform that fails every second call', () => {
  test.each<[string, Fault]>([
    ['with 503', { status: 503 }],
    ['by cutting the connection', { cut: 'before-answer' }],
  ])('%s is not noticed by callers who come one after the other', async (_, fault) => {
    const app = await service.warmApp();
    service.world.faults.set('platform.tokens', { ...fault, share: 0.5 });
    for (let count = 0; count < 10; count++) await expect(issue(app)).resolves.toMatchObject({ created: true });
  });

  test('loses no guest of a crowd: who fails is told so and gets in with the same id', async () => {
    const app = await service.warmApp();
    service.world.faults.set('platform.tokens', { status: 503, share: 0.5 });
    const sessionIds = Array.from({ length: 40 }, () => randomUUID());
    const outcomes = await Promise.allSettled(sessionIds.map((id) => issue(app, id)));
    const failed = sessionIds.filter((_id, index) => outcomes[index]?.status === 'rejected');
    const anotherInstance = await service.warmApp();
    for (const id of failed) await expect(issue(anotherInstance, id)).resolves.toMatchObject({ created: true });
    expect(sessionIds.map((id) => service.tokensOf(id))).toEqual(sessionIds.map(() => 1));
  });
});

describe('a platform that asks to slow down', () => {
  test('with 429 is asked again, so that callers do not notice one of them', async () => {
    const app = await service.warmApp();
    service.world.faults.set('platform.tokens', { status: 429, times: 1 });
    await expect(issue(app)).resolves.toMatchObject({ created: true });
  });

  test('with 429 and no Retry-After passes on ten seconds', async () => {
    const app = await service.warmApp();
    service.world.faults.set('platform.tokens', { status: 429 });
    const failure = await failureOf(issue(app));
    expect(failure).toMatchObject({ code: 'too-many-requests', retryAfterSeconds: 10 });
    expect(service.world.counts()['platform.tokens']).toBe(1 + 3);
  });

  test('with 429 and a Retry-After that a request can wait for is given that time', async () => {
    const app = await service.warmApp();
    service.world.faults.set('platform.tokens', { status: 429, headers: { 'Retry-After': '1' }, times: 1 });
    const startedAt = performance.now();
    await issue(app);
    expect(performance.now() - startedAt).toBeGreaterThan(990);
  });

  test.each([
    [429, 'too-many-requests'],
    [503, 'platform-unavailable'],
  ])('with %i and a long Retry-After is not asked again: the caller is told', async (status, code) => {
    const app = await service.warmApp();
    service.world.faults.set('platform.tokens', { status, headers: { 'Retry-After': '77' } });
    const failure = await failureOf(issue(app, randomUUID()));
    expect(failure).toMatchObject({ code, retryAfterSeconds: 77 });
    expect(failure.elapsedMs).toBeLessThan(soonMs);
    expect(service.world.counts()['platform.tokens']).toBe(1 + 1);
  });
});
