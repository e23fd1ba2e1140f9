import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

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
