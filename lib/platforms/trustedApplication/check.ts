import type { EntraTokens } from '../../azure/entraToken.ts';
import type { HealthStep } from '../platform.ts';
import { recordSteps } from '../recordSteps.ts';
import { asPlatformProblem, capabilityMissing } from './refusals.ts';
import type { Discovered, WalkObserver } from './discover.ts';

export interface CheckOptions {
  tokens: EntraTokens;
  walk: (tokens: EntraTokens, observe: WalkObserver) => Promise<Discovered>;
}

/** Credentials, the three requests of discovery, and whether anonymous tokens were granted, each with its latency. */
export function checkWalk({ tokens, walk }: CheckOptions): Promise<HealthStep[]> {
  return recordSteps(async (observe) => {
    await observe('credentials', () => tokens.get());
    const discovered = await walk(tokens, observe);
    await observe('capability', () =>
      discovered.anonApplicationTokens ? Promise.resolve() : Promise.reject(capabilityMissing()),
    );
  }, asPlatformProblem);
}
