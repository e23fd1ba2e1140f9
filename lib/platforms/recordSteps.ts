import type { Problem } from '../problem.ts';
import type { HealthStep } from './platform.ts';

/** Runs one step of a check and records its outcome and latency; a failure is thrown on, so that the walk ends there. */
export type Observe = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/**
 * The steps of a walk as far as it came. Never throws: a failure is a step's outcome.
 * @param asProblem words a failure; its `detail` is the step's action.
 */
export async function recordSteps(
  walk: (observe: Observe) => Promise<void>,
  asProblem: (failure: unknown) => Problem,
): Promise<HealthStep[]> {
  const steps: HealthStep[] = [];
  const observe: Observe = async (name, work) => {
    const startedAt = performance.now();
    const elapsedMs = (): number => Math.round(performance.now() - startedAt);
    try {
      const result = await work();
      steps.push({ name, outcome: 'pass', latencyMs: elapsedMs() });
      return result;
    } catch (error) {
      steps.push({ name, outcome: 'fail', latencyMs: elapsedMs(), action: asProblem(error).message });
      throw error;
    }
  };
  try {
    await walk(observe);
  } catch {
    // The step that failed has been recorded; the ones behind it cannot be tried.
  }
  return steps;
}
