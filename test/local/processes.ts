import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A command of the local cloud, run as its npm script runs it. */
export interface Program {
  readonly child: ChildProcess;
  /** All that it has printed. */
  output(): string;
  /** The code it ended with. */
  ended(): Promise<number | null>;
}

const running = new Set<ChildProcess>();

/** Starts `npm start`, `npm run demo` or `npm run cloud`, without the build. */
export function run(command: 'start' | 'demo' | 'cloud', environment: NodeJS.ProcessEnv = {}, folder = '.'): Program {
  const child = spawn(process.execPath, ['--import', 'tsx', 'local/main.ts', command], {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let written = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (written += text));
  }
  const closed = once(child, 'close').then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  return { child, output: () => written, ended: () => closed };
}

/** Kills what a failed test has left running. */
export function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** The addresses that were printed, each once. */
export function addressesIn(output: string): string[] {
  return [...new Set(output.match(/http:\/\/127\.0\.0\.1:\d+/g))];
}

/** Runs a TypeScript program, waits for the first line that it prints and kills it with SIGKILL. Resolves to the line. */
export async function firstLineThenKill(file: string): Promise<string> {
  const program = spawn(process.execPath, ['--import', 'tsx', file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [chunk] = (await once(program.stdout, 'data')) as [Buffer];
  program.kill('SIGKILL');
  await once(program, 'exit');
  return chunk.toString().trim();
}

/** Resolves when nothing listens at the URL any more, to false if something still does after five seconds. */
export async function becomesUnreachable(url: string): Promise<boolean> {
  const deadline = Date.now() + 5000;
  while (await answers(Number(new URL(url).port))) {
    if (Date.now() > deadline) return false;
    await delay(20);
  }
  return true;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
