import type { InvocationContext, Timer } from '@azure/functions';
import { asProblem } from './problem.ts';
import { summarize, traced, type Trace } from './telemetry.ts';

/** A timer as the host hands it over; it leaves the status out where it keeps no schedule, whatever the type says. */
type TimerRun = Partial<Timer>;
export type TimerHandler = (timer: TimerRun, context: InvocationContext) => Promise<void>;

/**
 * A timer's run with a trace and one log line: what `work` answers, or the problem. A failed run is thrown on as a bare
 * sentence, so that the host counts it as failed and prints nothing but that.
 * @param work may log further events, each an object of fixed fields.
 */
export function timerJob(
  name: string,
  work: (timer: TimerRun, log: (event: object) => void) => Promise<object>,
): TimerHandler {
  return async (timer, context) => {
    const trace: Trace = { correlationId: context.invocationId, steps: {} };
    try {
      const result = await traced(trace, () =>
        work(timer, (event) => {
          context.warn(JSON.stringify(event));
        }),
      );
      context.info(JSON.stringify({ job: name, ...result, steps: trace.steps }));
    } catch (error) {
      const problem = asProblem(error);
      const detail = problem.code === 'configuration-invalid' ? { detail: problem.message } : {};
      context.error(JSON.stringify({ job: name, code: problem.code, ...detail, causes: summarize(problem.cause) }));
      // eslint-disable-next-line preserve-caught-error -- the host would print the cause, message and all
      throw new Error(`${name} failed: ${problem.code}`);
    }
  };
}
