import { remember } from '../../../local/simulator/calls.ts';
import { noon, startTestSimulator, type TestSimulator } from './setUp.ts';

let simulator: TestSimulator;

beforeAll(async () => {
  simulator = await startTestSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

test('every request is recorded with what it asked, how it was answered and whether it carried a credential', async () => {
  const discoverUrl = 'https://api.skype.example/platformservice/discover?Region=northamerica';
  await simulator.ask(discoverUrl, { headers: { 'client-request-id': 'job-1' } });
  await simulator.askPlatform(discoverUrl);
  expect(simulator.world.calls).toEqual([
    {
      service: 'platform',
      operation: 'platform.discover',
      scheme: 'https',
      method: 'GET',
      host: 'api.skype.example',
      path: '/platformservice/discover',
      query: '?Region=northamerica',
      status: 401,
      at: noon,
      authorized: false,
      requestId: 'job-1',
    },
    expect.objectContaining({ service: 'entra', operation: 'entra.token', method: 'POST', host: 'localhost' }),
    expect.objectContaining({ operation: 'platform.discover', status: 200, authorized: true }),
  ]);
  expect(simulator.world.counts()).toMatchObject({
    'platform.discover': 2,
    'entra.token': 1,
    'vault.secret': 0,
    unknown: 0,
  });
});

test('a credential that goes to a foreign host is seen', async () => {
  const reply = await simulator.askPlatform('https://evil-lync.example/platformservice/v1/applications');
  expect(reply.json).toEqual({});
  expect(
    simulator.world.calls.filter(({ host, authorized }) => host === 'evil-lync.example' && authorized),
  ).toHaveLength(1);
});

test('the record forgets its oldest entries beyond 10,000', () => {
  const record: number[] = [];
  for (let entry = 1; entry <= 10_001; entry += 1) remember(record, entry);
  expect(record).toHaveLength(10_000);
  expect(record[0]).toBe(2);
});

test('alerts are taken on any path of the hooks host, as JSON only', async () => {
  const post = (body: unknown) => simulator.ask('https://hooks.example/any/path?x=1', { method: 'POST', body });
  expect((await post({ verdict: 'fail' })).status).toBe(202);
  expect((await post('not json')).status).toBe(400);
  expect((await simulator.ask('https://hooks.example/any/path')).status).toBe(405);
  expect(simulator.world.alerts).toEqual([{ path: '/any/path', at: noon, body: { verdict: 'fail' } }]);
});
