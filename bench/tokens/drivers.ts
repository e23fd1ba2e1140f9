import { build } from 'esbuild';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request as send } from 'node:http';
import { join, resolve } from 'node:path';
import { newMeetingUrl, worker, type Bill, type Contender, type Order } from './contender.ts';

/** A contender as the bench sees it. */
export interface Driver {
  readonly name: string;
  run(order: Order): Promise<Bill>;
  stop(): void;
}

const contenders = { service: 'service', 'SDK floor': 'sdkFloor', 'bare floor': 'bareFloor' };

/** Bundles the contenders as build.js bundles the functions: none is to win by its packaging. */
export async function bundleContenders(folder: string): Promise<void> {
  await build({
    entryPoints: Object.values(contenders).map((file) => `bench/tokens/${file}.ts`),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    minify: true,
    keepNames: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    logLevel: 'warning',
  });
}

/** Starts each contender in a process of its own, under plain Node. */
export function startContenders(folder: string, environment: NodeJS.ProcessEnv): Promise<Driver[]> {
  return Promise.all(
    Object.entries(contenders).map(async ([name, file]) => {
      const child = fork(join(folder, `${file}.mjs`), { env: { ...process.env, ...environment }, execArgv: [] });
      await ready(child, name);
      return {
        name,
        run: async (order: Order) => {
          child.send(order);
          return (await ready(child, name)) as Bill;
        },
        stop: () => child.kill(),
      };
    }),
  );
}

/** The service over HTTP in the local host. What counts is the CPU of the host, not that of this caller. */
export async function startHostDriver(environment: NodeJS.ProcessEnv): Promise<Driver> {
  const name = 'service over the local host';
  const functionKey = 'bench';
  const child = fork(resolve('bench/tokens/hostServer.ts'), {
    env: { ...process.env, ...environment, FUNCTION_KEY: functionKey },
    execArgv: ['--import', 'tsx'],
  });
  const url = (await ready(child, name)) as string;
  const cpu = async (): Promise<NodeJS.CpuUsage> => {
    child.send('cpu');
    return (await ready(child, name)) as NodeJS.CpuUsage;
  };
  const agent = new Agent({ keepAlive: true, timeout: 3_000 });
  const post = (path: string, body: object): Promise<{ applicationSessionId: string }> =>
    new Promise((answer, reject) => {
      const headers = { 'x-functions-key': functionKey, 'content-type': 'application/json' };
      send(url + path, { method: 'POST', agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          if ((response.statusCode ?? 500) < 300) answer(JSON.parse(text) as { applicationSessionId: string });
          else reject(new Error(text));
        });
      })
        .on('error', reject)
        .end(JSON.stringify(body));
    });
  const overHttp: Contender = {
    issue: async () => (await post('/api/v1/anonymous-tokens', { meetingUrl: newMeetingUrl() })).applicationSessionId,
    rejoin: async (applicationSessionId) => {
      await post('/api/v1/rejoin-tokens', { applicationSessionId });
    },
  };
  const carryOut = worker(overHttp);
  return {
    name,
    run: async (order) => {
      const before = await cpu();
      const { elapsedMs, latenciesMs } = await carryOut(order);
      const after = await cpu();
      return { cpuMs: (after.user + after.system - before.user - before.system) / 1_000, elapsedMs, latenciesMs };
    },
    stop: () => child.kill(),
  };
}

/** The next message of a child; rejects if it ends instead. */
async function ready(child: ChildProcess, name: string): Promise<unknown> {
  const waiting = new AbortController();
  const { signal } = waiting;
  const gone = once(child, 'exit', { signal }).then(() => Promise.reject(new Error(`${name} ended.`)));
  const [message] = (await Promise.race([once(child, 'message', { signal }), gone])) as unknown[];
  waiting.abort();
  gone.catch(() => undefined);
  return message;
}
