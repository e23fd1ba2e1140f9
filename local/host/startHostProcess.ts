import { resolve } from 'node:path';
import * as z from 'zod';
import { startChild, type Echo } from '../childProcess.ts';
import type { AuthenticationSettings } from './appServiceAuth.ts';

interface HostProcessOptions {
  /** The folder with package.json, host.json and what package.json `main` names. Default: the working directory. */
  appFolder?: string;
  functionKey: string;
  /** 0, the default, takes a free port. */
  port?: number;
  /** `Host.CORS` of local.settings.json: `*` or a comma-separated list. */
  cors?: string;
  /** Turns App Service authentication on. */
  authentication?: AuthenticationSettings | undefined;
  /** Default: true. */
  timers?: boolean;
  /** The app settings. They go over this process's own environment; `undefined` takes one away. */
  environment?: NodeJS.ProcessEnv;
  /** Gets what the process writes. Default: nobody does. */
  echo?: Echo;
}

export interface HostProcess {
  readonly url: string;
  readonly functions: readonly string[];
  /** All that the process has written, its end if it is more than a megabyte. */
  output(): string;
  /** Ends it after the requests that are under way. */
  stop(): Promise<void>;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
}

const readyMessage = z.object({ url: z.string(), functions: z.array(z.string()) });

/**
 * Runs the built app under `local/host/main.ts` in a process of its own, which ends with this one. Start it from the
 * root of the repository. Rejects with what the process wrote when it dies before it is ready.
 */
export async function startHostProcess(options: HostProcessOptions): Promise<HostProcess> {
  const { appFolder = '.', functionKey, port = 0, cors, timers = true, environment, echo } = options;
  const authentication = options.authentication && JSON.stringify(options.authentication);
  const child = await startChild<z.infer<typeof readyMessage>>({
    name: 'The Functions host',
    module: resolve('local/host/main.ts'),
    args: [resolve(appFolder)],
    execArgv: ['--import', 'tsx'],
    echo,
    environment: {
      ...environment,
      FUNCTION_KEY: functionKey,
      PORT: String(port),
      HOST_CORS: cors,
      HOST_AUTHENTICATION: authentication,
      HOST_TIMERS: timers ? 'on' : 'off',
    },
    whenReady(process, ready) {
      process.once('message', (message) => {
        ready(readyMessage.parse(message));
      });
    },
  });
  return { ...child.ready, output: child.output, stop: child.stop, kill: child.kill };
}
