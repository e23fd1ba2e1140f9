import { app, type Timer } from '@azure/functions';
import { startHost, type Host } from '../../../local/host/host.ts';

const functionKey = 'k';
let seen: (timer: Timer) => void = () => undefined;

function load(): Promise<void> {
  app.timer('nightly', {
    schedule: '0 0 3 * * *',
    handler: (timer) => {
      seen(timer);
    },
  });
  app.http('endpoint', { methods: ['GET'], handler: () => ({}) });
  return Promise.resolve();
}

let host: Host;
beforeAll(async () => {
  host = await startHost({ load, functionKey, timers: false });
});
afterAll(() => host.stop());

const fire = (name: string, headers = { 'x-functions-key': functionKey }): Promise<Response> =>
  fetch(`${host.url}/admin/functions/${name}`, { method: 'POST', headers });

it('runs a timer that is asked for, in any case of its name', async () => {
  const ran = new Promise<Timer>((resolve) => {
    seen = resolve;
  });
  expect((await fire('NIGHTLY')).status).toBe(202);
  expect(await ran).toMatchObject({
    schedule: { adjustForDST: true },
    scheduleStatus: { next: expect.stringMatching(/T03:00:00\.000Z$/) as string },
    isPastDue: false,
  });
});

it('knows no other functions', async () => {
  expect((await fire('endpoint')).status).toBe(404);
  expect((await fire('unknown')).status).toBe(404);
});

it('needs the key', async () => {
  expect((await fire('nightly', { 'x-functions-key': 'another' })).status).toBe(401);
});
