import type { Guests } from '../guests/guests.ts';
import type { Preflight, PreflightRequest } from '../guests/preflight.ts';
import type { PurgeResult } from '../guests/purge.ts';
import type { Health } from '../health/health.ts';
import type { HealthHistory } from '../health/history.ts';
import type { HealthChange } from '../health/notifyChange.ts';
import type { Status } from '../health/status.ts';
import type { Subscriptions } from '../health/subscriptions.ts';
import type { Meetings } from '../meetings/meetings.ts';

/** What the service does, whoever asks for it: the endpoints, the timers and the tests. */
export interface UseCases {
  readonly issue: Guests['issue'];
  readonly rejoin: Guests['rejoin'];
  readonly remove: Guests['remove'];
  readonly search: Pick<Guests, 'get' | 'inMeeting'>;
  readonly preflight: (request: PreflightRequest) => Promise<Preflight>;
  readonly createMeeting: Meetings['create'];
  readonly subscriptions: Pick<Subscriptions, 'subscribe' | 'unsubscribe'>;
  readonly health: Pick<Health, 'report' | 'status' | 'lastStatus'>;
  readonly history: () => Promise<HealthHistory>;
  readonly checkDiscovery: (nextDueAt: Date | undefined, log: (change: HealthChange) => void) => Promise<Status>;
  readonly purge: () => Promise<PurgeResult>;
  /** What the answers of the sample service need of the settings. */
  readonly sampleService: () => {
    readonly allowedOrigins: readonly string[];
    /** Of the platform that a token is for; undefined where it has none. */
    readonly tenantEndpointId: (platform: string) => string | undefined;
  };
}
