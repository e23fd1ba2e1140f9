/** The parts that listen on a port of their own and can be taken down. */
export const services = ['entra', 'identity', 'vault', 'platform'] as const;

/** One of {@link services}. */
export type Service = (typeof services)[number];

/**
 * What a guest asks of UCWA: to create an application; what is new; to join; everything else of an application. The
 * same on both platforms, under `guest.` with the tokens of the platform, under `ucwa.` on premises.
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
