import { countCalls, type Alert, type Call } from './calls.ts';
import { EntraClients } from './entra/entraClients.ts';
import type { Faults } from './faults.ts';
import { OnPremises } from './onPremises/state.ts';
import { usualBehaviour, type PlatformState } from './platform/behaviour.ts';
import { VaultSecrets } from './vault/vaultSecrets.ts';

/** Everything in the simulator that can be changed or looked at while it runs. */
export interface World {
  readonly faults: Faults;
  readonly platform: PlatformState;
  readonly onPremises: OnPremises;
  readonly secrets: VaultSecrets;
  readonly entra: EntraClients;
  /** Every request that reached a service, oldest first; the last 10,000. */
  readonly calls: Call[];
  /** Every alert that was posted to the hooks host, oldest first; the last 10,000. */
  readonly alerts: Alert[];
  /** The simulator's clock, in milliseconds since the epoch. */
  now(): number;
  /** The recorded calls, by operation. */
  counts(): Record<Call['operation'], number>;
  /** Back to the start: healthy services, usual behaviour, nothing recorded, and the secrets and clients of the seed. */
  reset(): Promise<void>;
}

/** @param seed puts in what the world starts with, at once and after each reset */
export function createWorld(faults: Faults, now: () => number, seed: (world: World) => void): World {
  const world: World = {
    faults,
    platform: { ...usualBehaviour(), issued: [], meetings: [] },
    onPremises: new OnPremises(),
    secrets: new VaultSecrets(now),
    entra: new EntraClients(),
    calls: [],
    alerts: [],
    now,
    counts: () => countCalls(world.calls),
    async reset() {
      Object.assign(world.platform, usualBehaviour());
      const { issued, meetings } = world.platform;
      for (const record of [issued, meetings, world.calls, world.alerts]) record.length = 0;
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
