/** `npm run doctor -- [--settings FILE] [--as-me] [--json]`: see {@link main}. */
import { spawnSync } from 'node:child_process';
import { main } from './doctor/main.ts';

process.exitCode = await main(process.argv.slice(2), process, runAgainTrusting);

function runAgainTrusting(authority: string): number {
  const args = [...process.execArgv, ...process.argv.slice(1)];
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: authority };
  return spawnSync(process.execPath, args, { env, stdio: 'inherit' }).status ?? 1;
}
