import { countCalls, type Alert, type Call } from './calls.ts';
import { Clock } from '../clock.ts';
import { EntraClients } from './upstreams/entra/entraClients.ts';
import type { Faults } from './faults.ts';
import { GuestApplications } from './meetings/applications.ts';
import { Meetings } from './meetings/meetings.ts';
import { OnPremises } from './upstreams/onPremises/state.ts';
import { usualBehaviour, type PlatformState } from './upstreams/platform/behaviour.ts';
import { accessLevelOf } from './upstreams/platform/conferences.ts';
import { VaultSecrets } from './upstreams/vault/vaultSecrets.ts';

/** Everything in the simulator that can be changed or looked at while it runs. */
export interface World {
  readonly faults: Faults;
  readonly platform: PlatformState;
  readonly onPremises: OnPremises;
  /** The meetings in progress on both platforms: who is in them and who waits. */
  readonly meetings: Meetings;
  /** The applications that guests run. */
  readonly guests: GuestApplications;
  readonly secrets: VaultSecrets;
  readonly entra: EntraClients;
  /** Every request that reached a service, oldest first; the last 10,000. */
  readonly calls: Call[];
  /** Every alert that was posted to the hooks host, oldest first; the last 10,000. */
  readonly alerts: Alert[];
  /** Can be put forward. */
  readonly clock: Clock;
  /** The simulator's clock, in milliseconds since the epoch. */
  now(): number;
  /** The recorded calls, by operation. */
  counts(): Record<Call['operation'], number>;
  /**
   * Back to the start: healthy services, usual behaviour, nothing recorded, and the secrets and clients of the seed.
   */
  reset(): Promise<void>;
}

/**
 * @param now the clock that the simulator's own goes by, in milliseconds since the epoch
 * @param seed puts in what the world starts with, at once and after each reset
 */
export function createWorld(faults: Faults, now: () => number, seed: (world: World) => void): World {
  const clock = new Clock(now);
  const platform: PlatformState = { ...usualBehaviour(), issued: [], meetings: [] };
  const meetings = new Meetings(clock, (conferenceUri) => accessLevelOf(platform, conferenceUri));
  const world: World = {
    faults,
    platform,
    onPremises: new OnPremises(() => clock.now()),
    meetings,
    guests: new GuestApplications(clock, meetings),
    secrets: new VaultSecrets(() => clock.now()),
    entra: new EntraClients(),
    calls: [],
    alerts: [],
    clock,
    now: () => clock.now(),
    counts: () => countCalls(world.calls),
    async reset() {
      world.guests.endAll();
      world.meetings.reset();
      clock.reset();
      Object.assign(platform, usualBehaviour());
      for (const record of [platform.issued, platform.meetings, world.calls, world.alerts]) record.length = 0;
      world.onPremises.reset();
      world.secrets.clear();
      world.entra.clear();
      seed(world);
      await faults.clearAll();
    },
  };
  seed(world);
  return world;
}
