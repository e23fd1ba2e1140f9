import type { Problem, ProblemCode } from '../problem.ts';
import type { HealthStep } from './platform.ts';

/** What an administrator can do, where the problem's own sentence speaks to a caller. */
const actions: Partial<Record<ProblemCode, string>> = {
  'platform-unavailable':
    'The server does not answer as it should. See whether it runs, and whether the app can reach it.',
  'platform-timeout': 'The server takes too long to answer. See to its load, and to the network in between.',
  'too-many-requests': 'The server asks to slow down. See how many tokens are asked for, and what the platform allows.',
  'secrets-unavailable': "The vault cannot be read. See to its network rules, and to the role of the app's identity.",
};

/** Runs one step of a check and records its outcome and latency; a failure is thrown on, so that the check ends there. */
export type Observe = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/**
 * The steps of a check as far as they came. Never throws: a failure is a step's outcome.
 * @param asProblem maps a failure to the problem that gives the step's action.
 */
export async function recordSteps(
  check: (observe: Observe) => Promise<unknown>,
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
      const problem = asProblem(error);
      const action = actions[problem.code] ?? problem.message;
      steps.push({ name, outcome: 'fail', latencyMs: elapsedMs(), action, failure: error });
      throw error;
    }
  };
  try {
    await check(observe);
  } catch {
    // The step that failed has been recorded; the ones behind it cannot be tried.
  }
  return steps;
}
