import {
  whatEndsWell,
  whatIsRefused,
  whatIsRefusedOfMeetingsAndSubscriptions,
  withSecretsInWrongPlaces,
} from './callerPaths.ts';
import { whileStorageFails, whileTimersRun } from './inwardPaths.ts';
import { whileDiscoveryFails, whileSecretsFail, whileThePlatformFails } from './upstreamPaths.ts';
import type { Walked } from './walked.ts';

/** Leads a service that has just started through every path that ends well or badly, secrets in hand. */
export async function walkEveryPath(walked: Walked): Promise<void> {
  await whileSecretsFail(walked);
  await whileDiscoveryFails(walked);
  await whatEndsWell(walked);
  await whatIsRefused(walked);
  await whatIsRefusedOfMeetingsAndSubscriptions(walked);
  await withSecretsInWrongPlaces(walked);
  await whileThePlatformFails(walked);
  await whileStorageFails(walked);
  await whileTimersRun(walked);
}

/** The paths on which an upstream has something to say, which a library might repeat. */
export async function walkFailures(walked: Walked): Promise<void> {
  await whileSecretsFail(walked);
  await whatEndsWell(walked);
  await whileThePlatformFails(walked);
  await whileStorageFails(walked);
  await whileTimersRun(walked);
}
