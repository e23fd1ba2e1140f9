/** The parts that listen on a port of their own and can be taken down. */
export const services = ['entra', 'identity', 'vault', 'platform'] as const;

/** One of {@link services}. */
export type Service = (typeof services)[number];

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
  'ucwa.root',
  'ucwa.user',
  'ucwa.token',
  'ucwa.applications',
  'ucwa.meet',
  'hooks',
] as const;

/** One of {@link operations}. */
export type Operation = (typeof operations)[number];

/** What can be asked of the servers on premises. */
export type UcwaOperation = Extract<Operation, `ucwa.${string}`>;
