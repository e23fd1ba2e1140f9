import Module from 'node:module';
import { startHost } from '../../../local/host/host.ts';
import { gate } from './fixtureApp.ts';

const load = (): Promise<unknown> => import('./fixtureApp.ts');

/** Resolves when the function `slow` holds a request. */
async function untilHeld(): Promise<void> {
  const closed = gate.open;
  while (gate.open === closed) await new Promise((resolve) => setImmediate(resolve));
}

it('waits for the request that is under way and takes no new ones', async () => {
  const host = await startHost({ load, functionKey: 'k' });
  const answer = fetch(`${host.url}/api/slow`);
  await untilHeld();

  let stopped = false;
  const stopping = host.stop().then(() => {
    stopped = true;
  });
  await expect(fetch(`${host.url}/api/mute`)).rejects.toThrow('fetch failed');
  expect(stopped).toBe(false);

  gate.open();
  expect(await (await answer).text()).toBe('at last');
  await stopping;
});

it('waits no longer than it was told', async () => {
  const host = await startHost({ load, functionKey: 'k', drainMs: 10 });
  const answer = fetch(`${host.url}/api/slow`).catch(() => 'cut off');
  await untilHeld();
  await host.stop();
  expect(await answer).toBe('cut off');
});

it('leaves the process as it was: the next host serves the same app, on the same port', async () => {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- compared, not called
  const original = Module.prototype.require;
  const first = await startHost({ load, functionKey: 'k' });
  expect(Module.prototype.require).not.toBe(original);
  await first.stop();
  expect(Module.prototype.require).toBe(original);

  const second = await startHost({ load, functionKey: 'k', port: first.port });
  expect(second.functions).toEqual(first.functions);
  expect((await fetch(`${second.url}/api/mute`)).status).toBe(204);
  await second.stop();
});

it('says so when the port is taken, and lets go of the app', async () => {
  const { createServer } = await import('node:http');
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  await expect(startHost({ load, functionKey: 'k', port })).rejects.toThrow(
    `The host cannot listen on port ${port}: it is taken. Stop what uses it or choose another one.`,
  );
  other.close();
  await (await startHost({ load, functionKey: 'k' })).stop();
});
