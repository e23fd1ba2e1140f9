interface Waiting<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs `work` for one batch of a key at a time: items that arrive while a batch is under way share the next one. A batch
 * begins after all its items have arrived, so none of them gets a result that is older than its request.
 * @param work answers one result for each item of the batch, in their order; `last` is the last result of the batch before,
 * if that succeeded and no pause came between
 */
export function coalesce<T, R>(
  work: (items: readonly [T, ...T[]], last: R | undefined) => Promise<readonly R[]>,
): (key: string, item: T) => Promise<R> {
  const queues = new Map<string, Waiting<T, R>[]>();

  const drain = async (key: string, queue: Waiting<T, R>[]): Promise<void> => {
    let last: R | undefined;
    for (let batch = queue.splice(0); batch.length > 0; batch = queue.splice(0)) {
      const [first, ...others] = batch;
      if (!first) break;
      try {
        const results = await work([first.item, ...others.map(({ item }) => item)], last);
        last = results.at(-1);
        batch.forEach(({ resolve, reject }, index) => {
          const result = results[index];
          if (result === undefined) reject(new Error('a batch left an item without a result'));
          else resolve(result);
        });
      } catch (error) {
        last = undefined;
        for (const { reject } of batch) reject(error);
      }
    }
    queues.delete(key);
  };

  return (key, item) =>
    new Promise((resolve, reject) => {
      const waiting = { item, resolve, reject };
      const queue = queues.get(key);
      if (queue) {
        queue.push(waiting);
        return;
      }
      const started = [waiting];
      queues.set(key, started);
      void drain(key, started);
    });
}
