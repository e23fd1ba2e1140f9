import type { EntraTokens } from '../../azure/entraToken.ts';
import type { HealthStep } from '../platform.ts';
import { recordSteps, type Observe } from '../recordSteps.ts';
import type { Discovered, DiscoverObserver } from './discover.ts';
import { asPlatformProblem, TrustedApplicationFailure } from './failure.ts';

export interface CheckOptions {
  readonly tokens: EntraTokens;
  readonly discover: (tokens: EntraTokens, observe: DiscoverObserver) => Promise<Discovered>;
}

/** The steps of the health check: credentials, the three requests of discovery, and whether anonymous tokens were granted. */
export async function runCheck({ tokens, discover }: CheckOptions, observe: Observe): Promise<Discovered> {
  await observe('credentials', () => tokens.get());
  const discovered = await discover(tokens, observe);
  await observe('capability', () =>
    discovered.anonApplicationTokens
      ? Promise.resolve()
      : Promise.reject(new TrustedApplicationFailure('tokens-not-granted')),
  );
  return discovered;
}

/** The steps as far as they came, each with its latency. */
export function checkSteps(options: CheckOptions): Promise<HealthStep[]> {
  return recordSteps(async (observe) => void (await runCheck(options, observe)), asPlatformProblem);
}
