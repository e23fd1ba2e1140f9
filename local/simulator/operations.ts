/** The services that listen on a port of their own and can be taken down. */
export const services = ['entra', 'identity', 'vault', 'platform'] as const;

/** One of {@link services}. */
export type Service = (typeof services)[number];

/**
 * The resources that guests ask of UCWA: where applications are created, the event channel, the join, and everything
 * else of an application. They are the same on both platforms: `guest.` with tokens of the platform, `ucwa.` on
 * premises.
 */
export type GuestResource = 'applications' | 'application' | 'events' | 'join';

/** Everything that can be asked of the simulator and be made to fail. */
export const operations = [
  'entra.metadata',
  'entra.token',
  'identity.token',
  'vault.secret',
  'platform.discover',
  'platform.applications',
  'platform.application',
  'platform.tokens',
  'platform.meetings',
  'guest.discover',
  'guest.applications',
  'guest.application',
  'guest.events',
  'guest.join',
  'ucwa.root',
  'ucwa.user',
  'ucwa.token',
  'ucwa.applications',
  'ucwa.application',
  'ucwa.events',
  'ucwa.join',
  'ucwa.meet',
  'hooks',
] as const;

/** One of {@link operations}. */
export type Operation = (typeof operations)[number];

/** What can be asked of the servers on premises. */
export type UcwaOperation = Extract<Operation, `ucwa.${string}`>;
