import type { createIssue } from '../guests/issue.ts';
import type { createPreflight } from '../guests/preflight.ts';
import type { PurgeResult } from '../guests/purge.ts';
import type { Rejoin } from '../guests/rejoin.ts';
import type { createRemoval } from '../guests/removal.ts';
import type { Search } from '../guests/search.ts';
import type { Health } from '../health/health.ts';
import type { HealthHistory } from '../health/history.ts';
import type { HealthChange } from '../health/notifyChange.ts';
import type { Status } from '../health/status.ts';
import type { Subscriptions } from '../health/subscriptions.ts';
import type { createCreateMeeting } from '../meetings/createMeeting.ts';

/** What the service does, whoever asks for it: the endpoints, the timers and the tests. */
export interface UseCases {
  readonly issue: ReturnType<typeof createIssue>;
  readonly rejoin: Rejoin['rejoin'];
  readonly remove: ReturnType<typeof createRemoval>;
  readonly search: Search;
  readonly preflight: ReturnType<typeof createPreflight>;
  readonly createMeeting: ReturnType<typeof createCreateMeeting>;
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
