import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild, type Child } from '../../local/childProcess.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'child-process-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function start(source: string): Promise<Child<unknown>> {
  const module = join(folder, `${process.hrtime.bigint()}.cjs`);
  writeFileSync(module, source);
  return startChild<unknown>({
    name: 'The child',
    module,
    whenReady: (child, ready) => child.once('message', ready),
  });
}

it('resolves with what the child says when it is ready', async () => {
  const child = await start(`process.send({ ready: true }); setInterval(() => {}, 1000);`);
  expect(child.ready).toEqual({ ready: true });
  await child.stop();
});

it('rejects with the output of a child that ends early', async () => {
  await expect(start(`console.log('half way'); console.error('no further'); process.exit(1);`)).rejects.toThrow(
    /^The child ended before it was ready\. It wrote:\n(half way\nno further|no further\nhalf way)\n$/,
  );
});

it('kills at once a child that would not listen', async () => {
  const child = await start(`process.on('SIGTERM', () => {}); process.send('up'); setInterval(() => {}, 1000);`);
  await child.kill();
  expect(child.output()).toBe('');
});
