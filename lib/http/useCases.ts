import type { createIssue } from '../guests/issue.ts';
import type { createPreflight } from '../guests/preflight.ts';
import type { PurgeResult } from '../guests/purge.ts';
import type { Rejoin } from '../guests/rejoin.ts';
import type { createRemoval } from '../guests/removal.ts';
import type { Search } from '../guests/search.ts';
import type { createCheckDiscovery } from '../health/checkDiscovery.ts';
import type { HealthHistory } from '../health/history.ts';
import type { HealthReporter } from '../health/report.ts';
import type { createSubscriptions } from '../health/subscriptions.ts';
import type { createCreateMeeting } from '../meetings/createMeeting.ts';

/** What the service does, whoever asks for it: the endpoints, the timers and the tests. */
export interface UseCases {
  readonly issue: ReturnType<typeof createIssue>;
  readonly rejoin: Rejoin['rejoin'];
  readonly remove: ReturnType<typeof createRemoval>;
  readonly search: Search;
  readonly preflight: ReturnType<typeof createPreflight>;
  readonly createMeeting: ReturnType<typeof createCreateMeeting>;
  readonly subscriptions: ReturnType<typeof createSubscriptions>;
  readonly health: Pick<HealthReporter, 'report' | 'status' | 'verdictOn'>;
  readonly history: () => Promise<HealthHistory>;
  readonly checkDiscovery: ReturnType<typeof createCheckDiscovery>;
  readonly purge: () => Promise<PurgeResult>;
  /** What the answers of the sample service need of the settings. */
  readonly sampleService: () => {
    readonly allowedOrigins: readonly string[];
    /** Of the Trusted Application platform, if it is on. */
    readonly endpointId: string | undefined;
  };
}
