import { coalesce } from '../../lib/coalesce.ts';

/** Work that waits to be let go on, and what each batch of it was given. */
function heldWork() {
  const batches: { items: readonly number[]; last: string | undefined; finish: () => void; fail: () => void }[] = [];
  const run = coalesce<number, string>(
    (items, last) =>
      new Promise((resolve, reject) => {
        batches.push({
          items,
          last,
          finish: () => {
            resolve(items.map((item) => `done ${item}`));
          },
          fail: () => {
            reject(new Error(`failed ${items.join()}`));
          },
        });
      }),
  );
  return { batches, run };
}

/** Lets everything that is ready go on. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('the first begins at once; who comes during it shares the next batch, in the order of arrival', async () => {
  const { batches, run } = heldWork();
  const all = [run('a', 1), run('a', 2), run('a', 3)];
  expect(batches.map(({ items }) => items)).toEqual([[1]]);
  batches[0]?.finish();
  await settle();
  all.push(run('a', 4));
  expect(batches.map(({ items }) => items)).toEqual([[1], [2, 3]]);
  batches[1]?.finish();
  await settle();
  batches[2]?.finish();
  expect(await Promise.all(all)).toEqual(['done 1', 'done 2', 'done 3', 'done 4']);
  expect(batches.map(({ last }) => last)).toEqual([undefined, 'done 1', 'done 3']);
});

test('keys do not wait for each other', async () => {
  const { batches, run } = heldWork();
  const both = [run('a', 1), run('b', 2)];
  expect(batches).toHaveLength(2);
  for (const { finish } of batches) finish();
  expect(await Promise.all(both)).toEqual(['done 1', 'done 2']);
});

test('a batch that fails fails for all who share it, and the next one starts without its result', async () => {
  const { batches, run } = heldWork();
  const first = run('a', 1);
  const shared = [run('a', 2), run('a', 3)];
  batches[0]?.finish();
  expect(await first).toBe('done 1');
  await settle();
  batches[1]?.fail();
  const next = run('a', 4);
  for (const failed of shared) await expect(failed).rejects.toThrow('failed 2,3');
  await settle();
  expect(batches[2]).toMatchObject({ items: [4], last: undefined });
  batches[2]?.finish();
  expect(await next).toBe('done 4');
});

test('once nobody waits, the next one begins at once and from nothing', async () => {
  const { batches, run } = heldWork();
  const first = run('a', 1);
  batches[0]?.finish();
  await first;
  await settle();
  const second = run('a', 2);
  expect(batches[1]).toMatchObject({ items: [2], last: undefined });
  batches[1]?.finish();
  expect(await second).toBe('done 2');
});

test('an item that the work leaves out is told so', async () => {
  const run = coalesce<number, string>(() => Promise.resolve([]));
  await expect(run('a', 1)).rejects.toThrow('without a result');
});

test('work that throws before it begins fails like any other', async () => {
  const run = coalesce<number, string>(() => {
    throw new Error('at once');
  });
  await expect(run('a', 1)).rejects.toThrow('at once');
  await expect(run('a', 2)).rejects.toThrow('at once');
});
