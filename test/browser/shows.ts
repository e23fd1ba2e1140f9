import { setTimeout } from 'node:timers/promises';
import { waitMs } from './browser.ts';

/** Compares what a page shows with what it has to show, again and again until they are equal or the time is up. */
export async function shows<T>(read: () => Promise<T>, expected: T): Promise<void> {
  const giveUpAt = performance.now() + waitMs;
  for (;;) {
    const found = await read();
    try {
      expect(found).toEqual(expected);
      return;
    } catch (error) {
      if (performance.now() >= giveUpAt) throw error;
    }
    await setTimeout(50);
  }
}
