import { fork, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';

/** Gets a piece of text that a child wrote. */
export type Echo = (text: string, stream: 'stdout' | 'stderr') => void;

interface ChildOptions<T> {
  /** For messages: begins a sentence. */
  name: string;
  module: string;
  args?: readonly string[];
  /** Node's own arguments. */
  execArgv?: readonly string[];
  /** Goes over this process's own environment; `undefined` takes a variable away. */
  environment?: NodeJS.ProcessEnv;
  /** Gets what the child writes. Default: nobody does. */
  echo?: Echo | undefined;
  /** Listens to the child and calls `ready` with what it says when it is up. */
  whenReady: (child: ChildProcess, ready: (value: T) => void) => void;
}

export interface Child<T> {
  /** What it said when it was up. */
  readonly ready: T;
  /** All that it has written, or the end of it if that is more than a megabyte. */
  readonly output: () => string;
  /** SIGTERM, and SIGKILL when the child does not end within 15 seconds. Resolves when it has ended. */
  readonly stop: () => Promise<void>;
  /** SIGKILL. Resolves when the child has ended. */
  readonly kill: () => Promise<void>;
}

const startLimitMs = 30_000;
const stopLimitMs = 15_000;
const longestOutput = 1_000_000;

/**
 * Forks a Node process that ends when this one has ended, for whatever reason. Call it from the root of the repository.
 * Rejects with the child's output when it ends before it is ready or is not ready within 30 seconds.
 */
export async function startChild<T>(options: ChildOptions<T>): Promise<Child<T>> {
  const child = fork(options.module, options.args, {
    execArgv: ['--require', resolve('local/exitWithParent.cjs'), ...(options.execArgv ?? [])],
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let written = '';
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      written = (written + text).slice(-longestOutput);
      options.echo?.(text, name);
    });
  }
  // `close` comes after the last output, `exit` may come before it.
  const closed = new Promise<void>((ended) => child.once('close', ended));

  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await closed;
  };
  const ready = await new Promise<T>((isReady, reject) => {
    const fail = (why: string): void => {
      clearTimeout(timeout);
      reject(new Error(`${options.name} ${why}. It wrote:\n${written}`));
    };
    const timeout = setTimeout(() => {
      void kill().then(() => {
        fail(`was not ready within ${startLimitMs / 1000} seconds`);
      });
    }, startLimitMs);
    void closed.then(() => {
      fail('ended before it was ready');
    });
    child.once('error', (error) => {
      fail(`could not be started: ${error.message}`);
    });
    options.whenReady(child, (value) => {
      clearTimeout(timeout);
      isReady(value);
    });
  });

  return {
    ready,
    output: () => written,
    kill,
    async stop() {
      const timeout = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
      child.kill('SIGTERM');
      await closed;
      clearTimeout(timeout);
    },
  };
}
