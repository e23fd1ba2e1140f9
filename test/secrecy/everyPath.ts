import {
  whatEndsWell,
  whatIsRefused,
  whatIsRefusedOfMeetingsAndSubscriptions,
  withSecretsInWrongPlaces,
} from './callerPaths.ts';
import { whileStorageFails, whileTimersRun } from './inwardPaths.ts';
import { whileDiscoveryFails, whileSecretsFail, whileThePlatformFails } from './upstreamPaths.ts';
import type { ServiceUnderTest } from './serviceUnderTest.ts';

/** Leads a service that has just started through every path that ends well or badly, secrets in hand. */
export async function runEveryPath(underTest: ServiceUnderTest): Promise<void> {
  await whileSecretsFail(underTest);
  await whileDiscoveryFails(underTest);
  await whatEndsWell(underTest);
  await whatIsRefused(underTest);
  await whatIsRefusedOfMeetingsAndSubscriptions(underTest);
  await withSecretsInWrongPlaces(underTest);
  await whileThePlatformFails(underTest);
  await whileStorageFails(underTest);
  await whileTimersRun(underTest);
}

/** The paths on which an upstream has something to say, which a library might repeat. */
export async function runFailures(underTest: ServiceUnderTest): Promise<void> {
  await whileSecretsFail(underTest);
  await whatEndsWell(underTest);
  await whileThePlatformFails(underTest);
  await whileStorageFails(underTest);
  await whileTimersRun(underTest);
}
