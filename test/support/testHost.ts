import { startHost, type Host } from '../../local/host/host.ts';
import type { HostLogLine } from '../../local/host/hostLog.ts';
import type { TestCloud } from './testCloud.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; empty if there is none. */
  readonly json: Record<string, unknown>;
}

/** The functions' own sources in the local host, in this process, over HTTP. */
export interface TestHost {
  readonly host: Host;
  readonly log: HostLogLine[];
  /** Calls with the function key. @param body sent as JSON; a string is sent as it is. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  stop(): Promise<void>;
}

export const functionKey = 'test-function-key';

/** Starts the host; once a test file, because the app is one a process. @param changes settings that differ. */
export async function startTestHost(cloud: TestCloud, changes: Record<string, string> = {}): Promise<TestHost> {
  Object.assign(process.env, cloud.environment, changes);
  const log: HostLogLine[] = [];
  const host = await startHost({ load: loadFunctions, functionKey, timers: false, log: (line) => log.push(line) });
  return {
    host,
    log,
    async call(method, path, body, headers = {}) {
      const response = await fetch(host.url + path, {
        method,
        headers: {
          'x-functions-key': functionKey,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json') ?? false;
      const json = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
      return { status: response.status, headers: response.headers, text, json };
    },
    stop: () => host.stop(),
  };
}

async function loadFunctions(): Promise<void> {
  await import('../../functions/issueAnonymousToken.ts');
  await import('../../functions/issueRejoinToken.ts');
  await import('../../functions/getGuest.ts');
  await import('../../functions/removeGuest.ts');
  await import('../../functions/searchGuests.ts');
  await import('../../functions/getHealthStatus.ts');
  await import('../../functions/getHealth.ts');
  await import('../../functions/getApiDefinition.ts');
  await import('../../functions/checkDiscovery.ts');
  await import('../../functions/purgeGuests.ts');
}
