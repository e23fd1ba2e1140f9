import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { appServiceAuth, type AuthenticationOptions } from './appServiceAuth.ts';
import type { TypedData } from './coreTypes.ts';
import type { CorsOptions } from './cors.ts';
import { functionApp } from './functionApp.ts';
import { indexFunctions, type HttpFunction, type TimerFunction } from './functionIndex.ts';
import { logTroubleToStderr, type HostLog } from './hostLog.ts';
import { bodyLimit } from './httpData.ts';
import { startHttpServer } from './httpServer.ts';
import { invoke } from './invocation.ts';
import { handleRequest } from './requestHandler.ts';
import { mostPreciseFirst } from './routes.ts';
import { startApp } from './startApp.ts';
import { Timer } from './timer.ts';

interface HostOptions {
  /** Loads the app's entry points, which register their functions. */
  load: () => Promise<unknown>;
  /** The parsed host.json; of it only `extensions.http.routePrefix` matters here. */
  hostJson?: unknown;
  /** 0, the default, takes a free port. */
  port?: number;
  /** The key of the admin endpoints and of every function that is not anonymous. */
  functionKey: string;
  cors?: CorsOptions | undefined;
  /** Turns App Service authentication on: before the functions, and by its variable in the environment of the app. */
  authentication?: AuthenticationOptions | undefined;
  /**
   * The app settings that the host itself reads: `%SETTING%` in schedules, the size of bodies. Default: process.env.
   */
  environment?: NodeJS.ProcessEnv;
  /** Whether timers run on schedule; if not, only `POST /admin/functions/NAME` runs them. Default: true. */
  timers?: boolean;
  /** Default: warnings and worse go to stderr. */
  log?: HostLog;
  /** How long `stop` waits for what is under way. Default: 10,000. */
  drainMs?: number;
}

export interface Host {
  readonly url: string;
  readonly port: number;
  /** The names of the functions that are served; those in error are logged and left out. */
  readonly functions: readonly string[];
  /** Refuses new requests and waits for what is under way. */
  stop(): Promise<void>;
}

const hostJsonSchema = z.object({
  extensions: z.object({ http: z.object({ routePrefix: z.string().default('api') }).prefault({}) }).prefault({}),
});

/**
 * Runs the functions that `load` registers, over HTTP on the loopback address and on schedule, in place of the
 * Functions host where Core Tools cannot be installed. One host at a time in a process. Throws when the app does not
 * start or the port is taken.
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const { functionKey, cors, environment = process.env, drainMs = 10_000 } = options;
  const { routePrefix } = hostJsonSchema.parse(options.hostJson ?? {}).extensions.http;
  const limit = bodyLimit(environment);
  const authenticate = options.authentication && (await appServiceAuth(options.authentication));
  const load = (): Promise<unknown> => {
    // App Service sets it, on or off, whatever the settings say.
    process.env['WEBSITE_AUTH_ENABLED'] = authenticate ? 'True' : 'False';
    return options.load();
  };
  const closeApp = await startApp(load, options.log ?? logTroubleToStderr);
  try {
    const index = indexFunctions(functionApp.functions, { routePrefix, environment });
    const timers = new Map(index.timers.map((fn) => [nameOf(fn), timerOf(fn)]));
    const functions = mostPreciseFirst(index.http);
    const handling = { functions, timers, functionKey, cors, authenticate, bodyLimit: limit };
    const handle = (request: IncomingMessage, response: ServerResponse) => handleRequest(handling, request, response);
    const server = await startHttpServer(handle, options.port ?? 0);
    if (options.timers ?? true) for (const timer of timers.values()) timer.start();
    return {
      url: `http://127.0.0.1:${server.port}`,
      port: server.port,
      functions: [...index.http, ...index.timers].map(nameOf),
      async stop() {
        await server.drain(Promise.all([...timers.values()].map((timer) => timer.stop())), drainMs);
        closeApp();
      },
    };
  } catch (error) {
    closeApp();
    throw error;
  }
}

function nameOf({ registered }: HttpFunction | TimerFunction): string {
  return registered.metadata.name;
}

function timerOf({ registered, bindingName, schedule, runOnStartup, useMonitor }: TimerFunction): Timer {
  const run = (data: TypedData): Promise<unknown> => invoke(registered, { bindingName, data });
  return new Timer({ schedule, runOnStartup, useMonitor, run });
}
