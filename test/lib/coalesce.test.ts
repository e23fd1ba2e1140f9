import { coalesce } from '../../lib/coalesce.ts';

/** Work that waits to be let go on, and what each turn of it was given. */
function heldWork() {
  const turns: { items: readonly number[]; last: string | undefined; finish: () => void; fail: () => void }[] = [];
  const takeTurn = coalesce<number, string>(
    (items, last) =>
      new Promise((resolve, reject) => {
        turns.push({
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
  return { turns, takeTurn };
}

/** Lets everything that is ready go on. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('the first begins at once; who comes during it shares the next turn, in the order of arrival', async () => {
  const { turns, takeTurn } = heldWork();
  const all = [takeTurn('a', 1), takeTurn('a', 2), takeTurn('a', 3)];
  expect(turns.map(({ items }) => items)).toEqual([[1]]);
  turns[0]?.finish();
  await settle();
  all.push(takeTurn('a', 4));
  expect(turns.map(({ items }) => items)).toEqual([[1], [2, 3]]);
  turns[1]?.finish();
  await settle();
  turns[2]?.finish();
  expect(await Promise.all(all)).toEqual(['done 1', 'done 2', 'done 3', 'done 4']);
  expect(turns.map(({ last }) => last)).toEqual([undefined, 'done 1', 'done 3']);
});

test('keys do not wait for each other', async () => {
  const { turns, takeTurn } = heldWork();
  const both = [takeTurn('a', 1), takeTurn('b', 2)];
  expect(turns).toHaveLength(2);
  for (const { finish } of turns) finish();
  expect(await Promise.all(both)).toEqual(['done 1', 'done 2']);
});

test('a turn that fails fails for all who share it, and the next one starts without its result', async () => {
  const { turns, takeTurn } = heldWork();
  const first = takeTurn('a', 1);
  const shared = [takeTurn('a', 2), takeTurn('a', 3)];
  turns[0]?.finish();
  expect(await first).toBe('done 1');
  await settle();
  turns[1]?.fail();
  const next = takeTurn('a', 4);
  for (const failed of shared) await expect(failed).rejects.toThrow('failed 2,3');
  await settle();
  expect(turns[2]).toMatchObject({ items: [4], last: undefined });
  turns[2]?.finish();
  expect(await next).toBe('done 4');
});

test('once nobody waits, the next one begins at once and from nothing', async () => {
  const { turns, takeTurn } = heldWork();
  const first = takeTurn('a', 1);
  turns[0]?.finish();
  await first;
  await settle();
  const second = takeTurn('a', 2);
  expect(turns[1]).toMatchObject({ items: [2], last: undefined });
  turns[1]?.finish();
  expect(await second).toBe('done 2');
});

test('an item that the work leaves out is told so', async () => {
  const takeTurn = coalesce<number, string>(() => Promise.resolve([]));
  await expect(takeTurn('a', 1)).rejects.toThrow('without a result');
});

test('work that throws before it begins fails like any other', async () => {
  const takeTurn = coalesce<number, string>(() => {
    throw new Error('at once');
  });
  await expect(takeTurn('a', 1)).rejects.toThrow('at once');
  await expect(takeTurn('a', 2)).rejects.toThrow('at once');
});
