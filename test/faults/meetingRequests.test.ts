import { randomUUID } from 'node:crypto';
import type { Service } from '../../lib/service.ts';
import { functionKeyHolder } from '../../lib/callers.ts';
import type { CreatedMeeting } from '../../lib/meetings/meetings.ts';
import { adjustableClock } from '../races/adjustableClock.ts';
import type { TableCall, TableFault } from '../support/tableProxy.ts';
import { until } from '../support/until.ts';
import { failureOf, requestSignal, startFaultyService, type FaultyService } from './faultyService.ts';

const clock = adjustableClock();
let service: FaultyService;
let app: Service;
let key: string;

beforeAll(async () => {
  service = await startFaultyService();
});
beforeEach(async () => {
  app = await service.warmApp({}, clock.now);
  key = randomUUID();
});
afterEach(() => service.mend());
afterAll(() => service.stop());

const at = (operation: TableCall['operation']) => (call: TableCall) =>
  call.table === 'meetingRequests' && call.operation === operation;
const create = (by = app): Promise<CreatedMeeting> =>
  by.createMeeting({ subject: 'Loan' }, { caller: functionKeyHolder, key }, requestSignal());
const made = () => service.world.platform.meetings;
const lasting: TableFault['kind'][] = ['stall', 500, 'cut'];

describe('the table before the platform is asked', () => {
  test('refuses connections: the request fails at once, nothing is made, and it can be sent again', async () => {
    await service.tables.setDown(true);
    const failure = await failureOf(create());
    expect(failure).toMatchObject({ code: 'storage-unavailable', retryAfterSeconds: 2 });
    expect(failure.elapsedMs).toBeLessThan(3_000);
    expect(made()).toEqual([]);
    await service.tables.setDown(false);
    await create();
    expect(made()).toHaveLength(1);
  });

  test.each(['stall', 500, 503] as const)(
    'does not take the claim (%s): nothing is made until it does',
    async (kind) => {
      service.tables.break({ kind, when: at('insert') });
      const failure = await failureOf(create());
      expect(failure.code).toBe('storage-unavailable');
      expect(failure.elapsedMs).toBeLessThan(8_000);
      expect(made()).toEqual([]);
      service.tables.mend();
      await create();
      expect(made()).toHaveLength(1);
    },
  );

  test('takes the claim, but the answer is always lost: nothing is made until the claim lapses, then once', async () => {
    service.tables.break({ kind: 'cut', when: at('insert') });
    expect((await failureOf(create())).code).toBe('storage-unavailable');
    service.tables.mend();
    expect((await failureOf(create())).code).toBe('request-in-progress');
    expect(made()).toEqual([]);
    clock.advance({ seconds: 60 });
    await create();
    expect(made()).toHaveLength(1);
  });

  test.each(lasting)('cannot be read (%s): nobody knows whether it is done, so nothing is made', async (kind) => {
    const first = await create();
    service.tables.break({ kind, when: at('read') });
    expect((await failureOf(create())).code).toBe('storage-unavailable');
    service.tables.mend();
    expect(await create()).toEqual(first);
    expect(made()).toHaveLength(1);
  });

  test.each(lasting)('does not let a lapsed claim be taken over (%s): nothing is made', async (kind) => {
    service.world.faults.set('platform.meetings', { status: 504, times: 1 });
    expect((await failureOf(create())).code).toBe('platform-timeout');
    clock.advance({ seconds: 60 });
    service.tables.break({ kind, when: at('update') });
    expect((await failureOf(create())).code).toBe('storage-unavailable');
    expect(made()).toEqual([]);
  });
});

describe('the table after the meeting was made', () => {
  test.each(['stall', 500, 503] as const)(
    'does not take the reply (%s): the meeting is delivered all the same',
    async (kind) => {
      service.tables.break({ kind, when: at('update') });
      const delivered = await create();
      expect(made()).toMatchObject([{ joinUrl: delivered.meetingUrl }]);
      service.tables.mend();
      expect((await failureOf(create())).code).toBe('request-in-progress');
      clock.advance({ seconds: 60 });
      const next = await create();
      // The first is known to the caller who got it, and to nobody else.
      expect(next.meetingUrl).not.toBe(delivered.meetingUrl);
      expect(await create()).toEqual(next);
      expect(made()).toHaveLength(2);
    },
  );

  test('takes the reply, but its answer is always lost: the same meeting is found again', async () => {
    service.tables.break({ kind: 'cut', when: at('update') });
    const delivered = await create();
    service.tables.mend();
    expect(await create()).toEqual(delivered);
    expect(made()).toHaveLength(1);
  });

  test('is gone altogether: the meeting is delivered', async () => {
    service.world.faults.set('platform.meetings', { delayMs: 300, times: 1 });
    const creating = create();
    await until(() => service.world.counts()['platform.meetings'] === 1);
    await service.tables.setDown(true);
    expect((await creating).meetingUrl).toBe(made()[0]?.joinUrl);
  });
});

describe('the table after the platform said no', () => {
  test.each(lasting)('does not let go of the claim (%s): the caller hears what the platform said', async (kind) => {
    service.world.faults.set('platform.meetings', { status: 400, times: 1 });
    service.tables.break({ kind, when: at('delete') });
    expect(await failureOf(create())).toMatchObject({ code: 'platform-refused', reason: 'meeting-rejected' });
    service.tables.mend();
    if (kind !== 'cut') {
      expect((await failureOf(create())).code).toBe('request-in-progress');
      clock.advance({ seconds: 60 });
    }
    await create();
    expect(made()).toHaveLength(1);
  });
});

const passing: TableFault['kind'][] = [503, 500, 'cut'];

test.each(passing)(
  'a fault that passes (%s) is noticed at no step: one meeting, which is found again',
  async (kind) => {
    for (const operation of ['insert', 'update', 'read'] as const) {
      key = randomUUID();
      service.tables.break({ kind, when: at(operation), times: 1 });
      const meeting = await create();
      expect(await create()).toEqual(meeting);
      expect(made().map(({ joinUrl }) => joinUrl)).toEqual([meeting.meetingUrl]);
      made().length = 0;
      service.tables.mend();
    }
    service.world.faults.set('platform.meetings', { status: 400, times: 1 });
    service.tables.break({ kind, when: at('delete'), times: 1 });
    key = randomUUID();
    expect((await failureOf(create())).code).toBe('platform-refused');
    await create();
    expect(made()).toHaveLength(1);
  },
);
