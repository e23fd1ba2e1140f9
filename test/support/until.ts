import { setTimeout as pause } from 'node:timers/promises';

/** Waits until `condition` holds, looking every few milliseconds; rejects when it still does not after `limitMs`. */
export async function until(condition: () => boolean | Promise<boolean>, limitMs = 5_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`still not so after ${limitMs} ms: ${condition.toString()}`);
    await pause(5);
  }
}
