import {
  AnonymousJoinProblem,
  createAnonymousJoinClient,
  type AnonymousJoinClient,
  type ClientOptions,
} from '../../client/client.ts';
import type { World } from '../../local/simulator/world.ts';
import { startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { type TestHost, functionKey, startTestHost } from '../support/testHost.ts';
import { startLossyProxy, type LossyProxy } from './lossyProxy.ts';

/** The whole service with a proxy before it, and clients that call it through the proxy. */
export interface ServedClient {
  readonly cloud: TestCloud;
  readonly world: World;
  readonly service: TestHost;
  readonly proxy: LossyProxy;
  /** With the function key, and pauses of milliseconds. */
  newClient(options?: Partial<ClientOptions>): AnonymousJoinClient;
  /** Mends everything, and empties the records of what was called. */
  mend(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it; once a test file. */
export async function startServedClient(changes: Record<string, string> = {}): Promise<ServedClient> {
  const cloud = await startTestCloud();
  const service = await startTestHost(cloud, changes);
  const proxy = await startLossyProxy(service.host.url);
  return {
    cloud,
    world: cloud.simulator.world,
    service,
    proxy,
    newClient: (options = {}) =>
      createAnonymousJoinClient({
        baseUrl: proxy.url,
        authorize: functionKey,
        retry: { firstPauseMs: 5 },
        ...options,
      }),
    async mend() {
      proxy.lose();
      proxy.passed.length = 0;
      await proxy.setDown(false);
      await cloud.simulator.world.reset();
    },
    async stop() {
      await proxy.stop();
      await service.stop();
      await cloud.stop();
    },
  };
}

/** The problem that a call ends in; rejects if it ends in anything else. */
export async function problemOf(call: Promise<unknown>): Promise<AnonymousJoinProblem> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AnonymousJoinProblem)) throw new Error('expected a problem', { cause: error });
  return error;
}
