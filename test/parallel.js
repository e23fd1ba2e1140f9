/**
 * `node test/parallel.js NAME... LAST` runs npm scripts side by side. What LAST prints passes through, what the others print
 * is collected and printed when they end. The exit code is 1 as soon as one fails; Ctrl-C stops them all.
 */
import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';

const names = process.argv.slice(2);
const ownGroup = process.platform !== 'win32';
const colour = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};

const running = names.map((name, index) => {
  const child = spawn('npm', ['run', name], {
    // A group of its own, so that a signal reaches what npm has started, too.
    detached: ownGroup,
    shell: !ownGroup,
    env: { ...process.env, ...colour },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const last = index === names.length - 1;
  // The tests of LAST wait for servers with time limits: they go first where there are few cores.
  if (!last && child.pid !== undefined) setPriority(child.pid, 10);
  const printed = [];
  const print = (chunk) => (last ? process.stdout.write(chunk) : printed.push(chunk));
  child.stdout.on('data', print);
  child.stderr.on('data', print);
  child.on('close', (code) => {
    if (code !== 0) process.exitCode = 1;
    process.stdout.write(Buffer.concat(printed));
    process.stdout.write(`\n${name}: ${code === 0 ? 'passed' : 'FAILED'}\n`);
  });
  return child;
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    process.exitCode = 1;
    for (const { pid, exitCode } of running) if (exitCode === null) process.kill(ownGroup ? -pid : pid, signal);
  });
}
