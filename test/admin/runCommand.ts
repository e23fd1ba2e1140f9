import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { Readable, Writable } from 'node:stream';
import type { CommandIo } from '../../admin/commandIo.ts';

/** What a command is run with. */
export interface Surroundings {
  readonly environment?: Record<string, string>;
  /** Standard input; by default it is at its end. */
  readonly input?: string;
}

/** What a command that has ended leaves behind. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they were written. */
  readonly output: string;
}

/** Runs a command's main function in this process. */
export async function runMain(
  main: (io: CommandIo) => Promise<number>,
  { environment = {}, input = '' }: Surroundings = {},
): Promise<Ended> {
  const written = { stdout: '', stderr: '', output: '' };
  const writer = (name: 'stdout' | 'stderr'): Writable =>
    new Writable({
      write(chunk: Buffer, _, done) {
        written[name] += chunk.toString();
        written.output += chunk.toString();
        done();
      },
    });
  const stdin = Readable.from(input === '' ? [] : [input]);
  const code = await main({ env: { ...environment }, stdin, stdout: writer('stdout'), stderr: writer('stderr') });
  return { code, ...written };
}

/** Runs a command's file as npm does, in a process that sees nothing of this one's environment but the PATH. */
export async function runFile(
  [file, ...args]: readonly [string, ...string[]],
  { environment = {}, input = '' }: Surroundings = {},
): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', resolve(file), ...args], {
    env: { PATH: process.env['PATH'], ...environment },
  });
  const written = { stdout: '', stderr: '', output: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
      written.output += text;
    });
  }
  child.stdin.end(input);
  const code = await new Promise<number | null>((ended) => child.once('close', ended));
  return { code, ...written };
}
