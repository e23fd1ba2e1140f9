import { randomUUID } from 'node:crypto';
import type { Service } from '../../lib/service.ts';
import type { TableCall, TableFault } from '../support/tableProxy.ts';
import { failureOf, startFaultyService, type FaultyService } from './faultyService.ts';

let service: FaultyService;
let app: Service;
let callbackUrl: string;

beforeAll(async () => {
  service = await startFaultyService();
  app = await service.warmApp();
});
beforeEach(() => {
  callbackUrl = `https://hooks.example/workflows/${randomUUID()}`;
});
afterEach(() => service.mend());
afterAll(() => service.stop());

const of = (name: string) => (call: TableCall) => `${call.table} ${call.operation}` === name;
const subscribe = () => app.subscriptions.subscribe(callbackUrl);
const rowOf = async (subscriptionId: string) =>
  (await service.cloud.rows('healthSubscriptions')).filter(({ rowKey }) => rowKey === subscriptionId);

const steps = [
  'healthSubscriptions read',
  'discoveryHealth read',
  'healthSubscriptions upsert',
  'healthSubscriptions list',
];
const lasting: TableFault['kind'][] = ['stall', 500, 'cut'];

describe.each(steps)('"%s"', (step) => {
  test.each(lasting)('fails (%s): so does the subscription, and sent again it is there once', async (kind) => {
    service.tables.break({ kind, when: of(step) });
    const failure = await failureOf(subscribe());
    expect(failure).toMatchObject({ code: 'storage-unavailable', retryAfterSeconds: 2 });
    expect(failure.elapsedMs).toBeLessThan(8_000);
    service.tables.mend();
    const { subscriptionId } = await subscribe();
    expect(await rowOf(subscriptionId)).toHaveLength(1);
  });

  test.each([503, 500, 'cut'] as const)('fails once (%s): nobody notices', async (kind) => {
    service.tables.break({ kind, when: of(step), times: 1 });
    const { subscriptionId } = await subscribe();
    expect(await rowOf(subscriptionId)).toMatchObject([{ notified: 'pass' }]);
    expect((await subscribe()).subscriptionId).toBe(subscriptionId);
  });
});

test('without tables nobody subscribes or ends it, and both can be sent again', async () => {
  const { subscriptionId } = await subscribe();
  await service.tables.setDown(true);
  for (const failure of [
    await failureOf(subscribe()),
    await failureOf(app.subscriptions.unsubscribe(subscriptionId)),
  ]) {
    expect(failure).toMatchObject({ code: 'storage-unavailable' });
    expect(failure.elapsedMs).toBeLessThan(3_000);
  }
  await service.tables.setDown(false);
  await app.subscriptions.unsubscribe(subscriptionId);
  expect(await rowOf(subscriptionId)).toEqual([]);
});

test.each(['healthSubscriptions read', 'healthSubscriptions delete'])(
  'a fault at "%s" that passes is not noticed by who ends a subscription',
  async (step) => {
    for (const kind of [503, 500, 'cut'] as const) {
      const { subscriptionId } = await subscribe();
      service.tables.break({ kind, when: of(step), times: 1 });
      await app.subscriptions.unsubscribe(subscriptionId);
      expect(await rowOf(subscriptionId)).toEqual([]);
    }
  },
);
