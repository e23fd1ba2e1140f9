interface Waiting<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Does work on one key one turn at a time; items that arrive during a turn share the next one. A turn begins after all who
 * share it have arrived, so that none of them rests on something older than itself.
 * @param work answers one result for each item of the turn, in their order.
 */
export function createTurns<T, R>(
  work: (items: readonly [T, ...T[]], last: R | undefined) => Promise<readonly R[]>,
): (key: string, item: T) => Promise<R> {
  const queues = new Map<string, Waiting<T, R>[]>();

  const drain = async (key: string, queue: Waiting<T, R>[]): Promise<void> => {
    let last: R | undefined;
    for (let turn = queue.splice(0); turn.length > 0; turn = queue.splice(0)) {
      const [first, ...others] = turn;
      if (!first) break;
      try {
        const results = await work([first.item, ...others.map(({ item }) => item)], last);
        last = results.at(-1);
        turn.forEach(({ resolve, reject }, index) => {
          const result = results[index];
          if (result === undefined) reject(new Error('a turn left an item without a result'));
          else resolve(result);
        });
      } catch (error) {
        last = undefined;
        for (const { reject } of turn) reject(error);
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
