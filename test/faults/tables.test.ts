import { randomUUID } from 'node:crypto';
import { guestIdOf } from '../../lib/guests/identity.ts';
import type { TableCall, TableFault } from '../support/tableProxy.ts';
import { failureOf, issue, requestSignal, startFaultyService, type FaultyService } from './faultyService.ts';

let service: FaultyService;

beforeAll(async () => {
  service = await startFaultyService();
});
afterEach(() => service.mend());
afterAll(() => service.stop());

const is = (name: string) => (call: TableCall) => `${call.table} ${call.operation}` === name;

describe('the port of the tables is closed', () => {
  test('every request fails with the coded problem at once, and succeeds as the same guest afterwards', async () => {
    const app = await service.warmApp();
    const { guest, row } = await issue(app);
    await service.tables.setDown(true);
    const failures = await Promise.all([
      failureOf(issue(app)),
      failureOf(issue(app, randomUUID())),
      failureOf(app.rejoin(guest, requestSignal())),
      failureOf(app.remove(row.guestId)),
      failureOf(app.search.inMeeting(guest.meetingUrl)),
    ]);
    for (const failure of failures) {
      expect(failure).toMatchObject({ code: 'storage-unavailable', retryAfterSeconds: 2 });
      expect(failure.elapsedMs).toBeLessThan(3_000);
    }

    await service.tables.setDown(false);
    for (const { applicationSessionId } of failures.slice(0, 2)) {
      const issued = await issue(app, applicationSessionId);
      expect([issued.created, issued.guest.applicationSessionId]).toEqual([true, applicationSessionId]);
    }
    expect(failures[2].applicationSessionId).toBe(guest.applicationSessionId);
    expect((await app.rejoin(guest, requestSignal())).row).toMatchObject({ guestId: row.guestId, rejoinCount: 1 });
    await expect(app.remove(row.guestId)).resolves.toMatchObject({ guestId: row.guestId });
  });
});

describe('tables that take a request and never answer', () => {
  test('cost a request the time of one storage call, and the same guests get in afterwards', async () => {
    const app = await service.warmApp();
    const { guest, row } = await issue(app);
    service.tables.break({ kind: 'stall' });
    const [own, named, rejoin, removal] = await Promise.all([
      failureOf(issue(app)),
      failureOf(issue(app, randomUUID())),
      failureOf(app.rejoin(guest, requestSignal())),
      failureOf(app.remove(row.guestId)),
    ]);
    for (const { code, elapsedMs } of [own, named, rejoin, removal]) {
      expect(code).toBe('storage-unavailable');
      expect(elapsedMs).toBeLessThan(8_000);
    }

    service.tables.mend();
    for (const { applicationSessionId = '' } of [own, named]) {
      expect((await issue(app, applicationSessionId)).row.guestId).toBe(guestIdOf(applicationSessionId));
    }
    expect((await app.rejoin(guest, requestSignal())).row.guestId).toBe(row.guestId);
  });

  test('fail an issue whose update or index entry hangs while the platform gave a token: it is not delivered', async () => {
    const app = await service.warmApp();
    const { guest } = await issue(app);
    service.tables.break({ kind: 'stall', when: is('meetingGuests upsert') });
    service.tables.break({ kind: 'stall', when: is('guests update') });
    const [issued, rejoined] = await Promise.all([
      failureOf(issue(app)),
      failureOf(app.rejoin(guest, requestSignal())),
    ]);
    expect([issued.code, rejoined.code]).toEqual(['storage-unavailable', 'storage-unavailable']);
    expect(await service.rowsOf(issued.applicationSessionId ?? '')).toEqual([]);
    service.tables.mend();
    await expect(issue(app, issued.applicationSessionId)).resolves.toMatchObject({ created: true });
  });
});

const passing: [string, TableFault['kind']][] = [
  ['answers 503', 503],
  ['answers 500', 500],
  ['is cut off after the write', 'cut'],
];

describe.each(passing)('a table server that %s once', (_, kind) => {
  test.each(['guests insert', 'meetingGuests upsert'])('at "%s" is not noticed by an issue', async (name) => {
    const app = await service.warmApp();
    for (const applicationSessionId of [undefined, randomUUID()]) {
      service.tables.break({ kind, when: is(name), times: 1 });
      const { guest, created } = await issue(app, applicationSessionId);
      expect(created).toBe(true);
      expect(await service.rowsOf(guest.applicationSessionId)).toHaveLength(2);
      expect(service.tokensOf(guest.applicationSessionId)).toBe(1);
    }
  });

  test.each(['guests read', 'guests update'])('at "%s" is not noticed by a rejoin, which counts once', async (name) => {
    const app = await service.warmApp();
    const { guest } = await issue(app);
    service.tables.break({ kind, when: is(name), times: 1 });
    await expect(app.rejoin(guest, requestSignal())).resolves.toMatchObject({ row: { rejoinCount: 1 } });
    await expect(app.rejoin(guest, requestSignal())).resolves.toMatchObject({ row: { rejoinCount: 2 } });
    expect(service.tokensOf(guest.applicationSessionId)).toBe(3);
  });

  test.each(['guests update', 'meetingGuests delete'])('at "%s" is not noticed by a removal', async (name) => {
    const app = await service.warmApp();
    const { guest, row } = await issue(app);
    service.tables.break({ kind, when: is(name), times: 1 });
    await expect(app.remove(row.guestId)).resolves.toMatchObject({ guestId: row.guestId });
    expect(await service.rowsOf(guest.applicationSessionId)).toMatchObject([{ state: 'removed', sealed: '' }]);
  });

  test.each(['guests delete', 'meetingGuests delete'])('at "%s" does not keep a refused guest', async (name) => {
    const app = await service.warmApp();
    service.world.faults.set('platform.tokens', { status: 400 });
    service.tables.break({ kind, when: is(name), times: 1 });
    const failure = await failureOf(issue(app));
    expect(failure).toMatchObject({ code: 'platform-refused', reason: 'meeting-rejected' });
    expect(await service.rowsOf(failure.applicationSessionId ?? '')).toEqual([]);
  });
});

describe('a table server that is cut off after every write', () => {
  const cutWrites = () => {
    service.tables.break({ kind: 'cut', when: ({ operation }) => operation !== 'read' });
  };

  test.each([
    ['of our making', undefined],
    ['named by the caller', randomUUID()],
  ])('fails an issue for an id %s; sent again, it admits the guest whose row was written', async (_, sessionId) => {
    const app = await service.warmApp();
    cutWrites();
    const failure = await failureOf(issue(app, sessionId));
    expect(failure.code).toBe('storage-unavailable');
    expect(failure.elapsedMs).toBeLessThan(5_000);

    service.tables.mend();
    const { applicationSessionId = '' } = failure;
    const again = await issue(app, applicationSessionId);
    expect([again.row.guestId, again.row.state]).toEqual([guestIdOf(applicationSessionId), 'active']);
    expect(service.world.platform.issued.at(-1)?.applicationSessionId).toBe(applicationSessionId);
    expect(await service.rowsOf(applicationSessionId)).toHaveLength(2);
  });

  test('fails a rejoin; sent again, it rejoins as the same guest', async () => {
    const app = await service.warmApp();
    const { guest, row } = await issue(app);
    cutWrites();
    const failure = await failureOf(app.rejoin(guest, requestSignal()));
    expect(failure).toMatchObject({ code: 'storage-unavailable', applicationSessionId: guest.applicationSessionId });
    expect(failure.elapsedMs).toBeLessThan(5_000);
    service.tables.mend();
    const rejoined = await app.rejoin(guest, requestSignal());
    expect([rejoined.row.guestId, rejoined.join.identityPreserved]).toEqual([row.guestId, true]);
  });

  test('fails a removal; sent again, it finishes what was begun', async () => {
    const app = await service.warmApp();
    const { guest, row } = await issue(app);
    cutWrites();
    expect((await failureOf(app.remove(row.guestId))).code).toBe('storage-unavailable');
    service.tables.mend();
    await expect(app.remove(row.guestId)).resolves.toMatchObject({ guestId: row.guestId });
    expect(await service.rowsOf(guest.applicationSessionId)).toMatchObject([{ state: 'removed', sealed: '' }]);
  });
});
