import type { EntraTokens } from '../../azure/entraToken.ts';
import type { HealthStep } from '../platform.ts';
import { asPlatformProblem, capabilityMissing } from './refusals.ts';
import type { Discovered, WalkObserver } from './walk.ts';

export interface CheckOptions {
  tokens: EntraTokens;
  walk: (tokens: EntraTokens, observe: WalkObserver) => Promise<Discovered>;
}

/** Credentials, the three requests of discovery, and whether anonymous tokens were granted, each with its latency. */
export async function checkWalk({ tokens, walk }: CheckOptions): Promise<HealthStep[]> {
  const steps: HealthStep[] = [];
  const observe = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    const elapsedMs = (): number => Math.round(performance.now() - startedAt);
    try {
      const result = await work();
      steps.push({ name, outcome: 'pass', latencyMs: elapsedMs() });
      return result;
    } catch (error) {
      steps.push({ name, outcome: 'fail', latencyMs: elapsedMs(), action: asPlatformProblem(error).message });
      throw error;
    }
  };

  try {
    await observe('credentials', () => tokens.get());
    const discovered = await walk(tokens, observe);
    await observe('capability', () =>
      discovered.anonApplicationTokens ? Promise.resolve() : Promise.reject(capabilityMissing()),
    );
  } catch {
    // The step that failed has been recorded; the ones behind it cannot be tried.
  }
  return steps;
}
