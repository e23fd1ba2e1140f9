import type { Observe } from './recordSteps.ts';

/** What is wrong, and the exact next step. */
export interface Advice {
  readonly reason: string;
  readonly nextStep: string;
}

/** What a check found. */
export type Finding =
  | { readonly status: 'pass'; readonly reason?: string }
  | ({ readonly status: 'warn' | 'fail' } & Advice);

export const passed: Finding = { status: 'pass' };
export const warning = (reason: string, nextStep: string): Finding => ({ status: 'warn', reason, nextStep });
export const failing = (reason: string, nextStep: string): Finding => ({ status: 'fail', reason, nextStep });

interface RunOptions<T> {
  /** What a failure means; undefined if it is none of the kinds that are known. */
  readonly explain: (error: unknown) => Advice | undefined;
  /** Looks at what came back. Default: all is well. */
  readonly judge?: (value: T) => Finding;
  /** For work that takes its time on every machine. */
  readonly maySlow?: boolean;
}

/** Checks under way, for an administrator: `npm run doctor` makes one, and each platform adds its own checks. */
export interface Examination {
  /** Records a check that called nobody. */
  note(name: string, finding: Finding): void;
  /** Runs a check and records it. Answers what came back; undefined if the check failed, so that what needs it ends. */
  run<T>(name: string, work: () => Promise<T>, options: RunOptions<T>): Promise<{ readonly value: T } | undefined>;
}

interface StepOptions {
  /** The name of a step's check. */
  readonly nameOf: (step: string) => string;
  /** What the failure of a step means. */
  readonly explain: (error: unknown, step: string) => Advice | undefined;
}

/** Runs the steps of a health check as checks of an examination; undefined if one failed, which ends it. */
export async function examineSteps<T>(
  examination: Examination,
  check: (observe: Observe) => Promise<T>,
  { nameOf, explain }: StepOptions,
): Promise<{ readonly value: T } | undefined> {
  const observe: Observe = async (step, work) => {
    const found = await examination.run(nameOf(step), work, { explain: (error) => explain(error, step) });
    if (!found) throw new CheckEnded();
    return found.value;
  };
  try {
    return { value: await check(observe) };
  } catch (error) {
    if (error instanceof CheckEnded) return undefined;
    throw error;
  }
}

/** The step that failed has been recorded; the ones behind it cannot be tried. */
class CheckEnded extends Error {}
