/**
 * The host as a process of its own: `tsx local/host/main.ts APP_FOLDER`, with FUNCTION_KEY and optionally PORT,
 * HOST_CORS (`Host.CORS` of local.settings.json), HOST_AUTHENTICATION (settings of App Service authentication, as JSON)
 * and HOST_TIMERS (`off`) in the environment. On SIGTERM and SIGINT it finishes what is under way and ends. Forked, it
 * sends `{ url, functions }` when it is ready.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { authenticationSchema } from './appServiceAuth.ts';
import { readCorsSetting } from './cors.ts';
import { loadEntryPoints } from './entryPoints.ts';
import { startHost, type Host } from './host.ts';
import { formatLogLine, type HostLogLine } from './hostLog.ts';

const settingsSchema = z.object({
  FUNCTION_KEY: z.string({ error: 'Set FUNCTION_KEY to the key that callers will send.' }).min(1),
  PORT: z.coerce.number({ error: 'PORT is not a number.' }).int().min(0).max(65_535).default(0),
  HOST_CORS: z.string().optional(),
  HOST_AUTHENTICATION: z
    .string()
    .transform((json) => JSON.parse(json) as unknown)
    .pipe(authenticationSchema)
    .optional(),
  HOST_TIMERS: z.enum(['on', 'off'], { error: 'HOST_TIMERS is neither on nor off.' }).default('on'),
});

let host: Host | undefined;

process.once('SIGTERM', end).once('SIGINT', end);

try {
  host = await start(resolve(process.argv[2] ?? '.'));
  write(`Ready on ${host.url}: ${host.functions.join(', ')}`);
  process.send?.({ url: host.url, functions: host.functions });
} catch (error) {
  process.stderr.write(`${whatWentWrong(error)}\n`);
  process.exit(1);
}

async function start(appFolder: string): Promise<Host> {
  const settings = settingsSchema.parse(process.env);
  const hostJsonFile = join(appFolder, 'host.json');
  return startHost({
    load: () => loadEntryPoints(appFolder),
    hostJson: existsSync(hostJsonFile) ? (JSON.parse(readFileSync(hostJsonFile, 'utf8')) as unknown) : undefined,
    port: settings.PORT,
    functionKey: settings.FUNCTION_KEY,
    cors: readCorsSetting(settings.HOST_CORS),
    authentication: settings.HOST_AUTHENTICATION,
    timers: settings.HOST_TIMERS === 'on',
    log: logToStdout,
  });
}

/** A second signal finds no listener and ends the process at once. */
function end(): void {
  void Promise.resolve(host?.stop()).then(() => process.exit());
}

function logToStdout(line: HostLogLine): void {
  if (line.level !== 'trace' && line.level !== 'debug') write(formatLogLine(line));
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

function whatWentWrong(error: unknown): string {
  if (error instanceof z.ZodError) return error.issues.map(({ message }) => message).join('\n');
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
