import { readdirSync } from 'node:fs';
import type { AuthenticationOptions } from '../../local/host/appServiceAuth.ts';
import type { CorsOptions } from '../../local/host/cors.ts';
import { startHost, type Host } from '../../local/host/host.ts';
import type { HostLogLine } from '../../local/host/hostLog.ts';
import { replyOf, type Reply } from './reply.ts';
import type { TestCloud } from './testCloud.ts';

/** The functions' own sources in the local host, in this process, over HTTP. */
export interface TestHost {
  readonly host: Host;
  readonly log: HostLogLine[];
  /** Calls with the function key. @param body sent as JSON; a string is sent as it is. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  stop(): Promise<void>;
}

export const functionKey = 'test-function-key';

interface TestHostOptions {
  /** Turns App Service authentication on, before applications of the cloud's Entra; `{}` takes the usual settings. */
  authentication?: Partial<AuthenticationOptions>;
  /** Turns CORS on. */
  cors?: CorsOptions;
}

/** Starts the host; once a test file, because the app is one a process. @param changes settings that differ. */
export async function startTestHost(
  cloud: TestCloud,
  changes: Record<string, string> = {},
  { authentication, cors }: TestHostOptions = {},
): Promise<TestHost> {
  Object.assign(process.env, cloud.environment, changes);
  const log: HostLogLine[] = [];
  const host = await startHost({
    load: loadFunctions,
    functionKey,
    authentication: authentication && { ...cloud.simulator.callers.api, ...authentication },
    cors,
    timers: false,
    log: (line) => log.push(line),
  });
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
      return replyOf(response);
    },
    stop: () => host.stop(),
  };
}

/** Every file is a function. */
async function loadFunctions(): Promise<void> {
  for (const name of readdirSync('functions')) await import(`../../functions/${name}`);
}
