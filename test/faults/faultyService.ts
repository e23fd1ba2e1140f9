import type { Service } from '../../lib/service.ts';
import { guestIdOf } from '../../lib/guests/identity.ts';
import type { Issued } from '../../lib/guests/guests.ts';
import { Problem, type ProblemCode, type RefusalReason } from '../../lib/problem.ts';
import type { World } from '../../local/simulator/world.ts';
import { startTableProxy, type TableProxy } from '../support/tableProxy.ts';
import { meetingUrl, startTestCloud, type TestCloud, type TimeLimits } from '../support/testCloud.ts';

/** The service with a proxy before its tables and a simulator around it, so that anything can be broken. */
export interface FaultyService {
  readonly cloud: TestCloud;
  readonly world: World;
  readonly tables: TableProxy;
  /** An app behind the proxy, which has not been used yet. */
  newApp(changes?: Record<string, string>, now?: () => number): Service;
  /** An app that has issued a token: it knows its secrets, its access token and the platform's links. */
  warmApp(changes?: Record<string, string>, now?: () => number): Promise<Service>;
  /** Mends everything, and empties the records of what was called. */
  mend(): Promise<void>;
  /** The guest's rows in both tables. */
  rowsOf(applicationSessionId: string): Promise<Record<string, unknown>[]>;
  /** How many tokens the platform has given to this session. */
  tokensOf(applicationSessionId: string): number;
  stop(): Promise<void>;
}

/** A quarter of the service's own limits: long enough for a loaded machine, and soon over where a server never answers. */
const shortLimits = { azureCallMs: 1_000, platformCallMs: 1_250 };

/** Starts it; the tables and the simulator belong to one test file. @param limits `{}` are the service's own */
export async function startFaultyService(limits: TimeLimits = shortLimits): Promise<FaultyService> {
  const cloud = await startTestCloud();
  const { world } = cloud.simulator;
  const tables = await startTableProxy(cloud.tablesConnectionString);
  const newApp: FaultyService['newApp'] = (changes = {}, now = Date.now) =>
    cloud.newApp({ TABLES_CONNECTION_STRING: tables.connectionString, ...changes }, now, limits);
  return {
    cloud,
    world,
    tables,
    newApp,
    async warmApp(changes, now) {
      const app = newApp(changes, now);
      await issue(app);
      return app;
    },
    async mend() {
      tables.mend();
      await tables.setDown(false);
      await world.reset();
      tables.calls.length = 0;
    },
    async rowsOf(applicationSessionId) {
      const guestId = guestIdOf(applicationSessionId);
      const rows = [...(await cloud.rows('guests')), ...(await cloud.rows('meetingGuests'))];
      return rows.filter(({ partitionKey, rowKey }) => partitionKey === guestId || rowKey === guestId);
    },
    tokensOf: (applicationSessionId) =>
      world.platform.issued.filter((token) => token.applicationSessionId === applicationSessionId).length,
    async stop() {
      await tables.stop();
      await cloud.stop();
    },
  };
}

/** A request's time limit, as the endpoints set it. */
export const requestSignal = (): AbortSignal => AbortSignal.timeout(15_000);

/** Issues a token for the meeting of the tests. */
export function issue(app: Service, applicationSessionId?: string): Promise<Issued> {
  return app.issue({ meetingUrl, applicationSessionId }, requestSignal());
}

/** What a caller is told when a request fails, and after how long. */
interface Failure {
  readonly code: ProblemCode;
  readonly reason: RefusalReason | undefined;
  readonly detail: string;
  readonly retryAfterSeconds: number | undefined;
  readonly applicationSessionId: string | undefined;
  readonly elapsedMs: number;
}

/** The problem that `work` ends in; rejects if it ends in anything else. */
export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const startedAt = performance.now();
  const problem = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  const elapsedMs = performance.now() - startedAt;
  if (!(problem instanceof Problem)) throw new Error('expected a problem', { cause: problem });
  const { code, reason, message: detail, retryAfterSeconds, applicationSessionId } = problem;
  return { code, reason, detail, retryAfterSeconds, applicationSessionId, elapsedMs };
}
