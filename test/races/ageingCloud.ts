import { startTestCloud, type TestCloud } from '../support/testCloud.ts';
import type { AdjustableClock } from './adjustableClock.ts';

/** A cloud whose clock a test moves on by days; access tokens last through all of them. */
export async function startAgeingCloud({ now }: AdjustableClock): Promise<TestCloud> {
  const cloud = await startTestCloud({ now });
  cloud.simulator.world.entra.tokenLifetimeSeconds = 10 * 365 * 86_400;
  return cloud;
}
