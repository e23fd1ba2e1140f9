import { once } from 'node:events';
import Module from 'node:module';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { startHost } from '../../../local/host/host.ts';
import { held } from './fixtureApp.ts';

const load = (): Promise<unknown> => import('./fixtureApp.ts');

/** Resolves when the function `slow` holds so many requests. */
async function untilHeld(count: number): Promise<void> {
  while (held.length < count) await new Promise((resolve) => setImmediate(resolve));
}

beforeEach(() => {
  held.length = 0;
});

it('waits for the request that is under way and takes no new ones', async () => {
  const host = await startHost({ load, functionKey: 'k' });
  const answer = fetch(`${host.url}/api/slow`);
  await untilHeld(1);

  let stopped = false;
  const stopping = host.stop().then(() => {
    stopped = true;
  });
  await expect(fetch(`${host.url}/api/mute`)).rejects.toThrow('fetch failed');
  expect(stopped).toBe(false);

  held[0]?.();
  expect(await (await answer).text()).toBe('at last');
  await stopping;
});

it('answers 503 on a connection that was busy, while it waits for another one', async () => {
  const host = await startHost({ load, functionKey: 'k' });
  const connection = connect(host.port, '127.0.0.1');
  const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  connection.write(get('/api/slow'));
  await untilHeld(1);
  const other = fetch(`${host.url}/api/slow`);
  await untilHeld(2);

  const stopping = host.stop();
  held[0]?.();
  await once(connection, 'readable');
  connection.write(get('/api/mute'));
  expect((await text(connection)).match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 503']);

  held[1]?.();
  expect((await other).status).toBe(200);
  await stopping;
});

it('waits no longer than the drain limit', async () => {
  const host = await startHost({ load, functionKey: 'k', drainMs: 10 });
  const answer = fetch(`${host.url}/api/slow`).catch(() => 'cut off');
  await untilHeld(1);
  await host.stop();
  expect(await answer).toBe('cut off');
});

it('leaves the process as it was: the next host serves the same app, on the same port', async () => {
  const current = (): unknown => Reflect.get(Module.prototype, 'require');
  const original = current();
  const first = await startHost({ load, functionKey: 'k' });
  expect(current()).not.toBe(original);
  await first.stop();
  expect(current()).toBe(original);

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
