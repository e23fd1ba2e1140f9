/**
 * `npm run bench:storage`: what a rejoin and a purge cost with 100 and with 100,000 guests in the store. Storage and
 * simulator run in a process of their own; the CA of the simulator has to be trusted from the start, so this script
 * starts itself again as their client.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createService } from '../lib/service.ts';
import { readSettings } from '../lib/settings.ts';
import { startCloudProcess } from './cloudProcess.ts';
import { milliseconds, printMachine, printTable } from './markdown.ts';
import { percentile } from './statistics.ts';
import { fill, openStore } from './storage/fill.ts';

const sizes = [100, 100_000];
const fillLimitMs = 130_000;
const rejoins = 200;
const expired = 400;
const meetingUrl = 'https://meet.lync.example/contoso/testuser/1SD8D0WZ';
const isClient = process.argv.includes('--client');

if (isClient) await measure();
else await startClient();

async function startClient(): Promise<void> {
  const cloud = await startCloudProcess();
  try {
    const client = spawn(process.execPath, ['--import', 'tsx', 'bench/storage.ts', '--client'], {
      env: { ...process.env, ...cloud.environment },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const [code] = (await once(client, 'exit')) as [number | null];
    process.exitCode = code ?? 1;
  } finally {
    await cloud.stop();
  }
}

async function measure(): Promise<void> {
  const settings = readSettings(process.env);
  const app = createService(settings);
  const store = openStore(process.env['TABLES_CONNECTION_STRING'] ?? '');
  const day = 24 * 3_600_000;
  const rows: string[][] = [];
  const notes: string[] = [];
  let stored = 0;

  for (const size of sizes) {
    const startedAt = performance.now();
    const added = await fill(store, size - stored, new Date(Date.now() + 2 * day), startedAt + fillLimitMs);
    stored += added;
    const seconds = (performance.now() - startedAt) / 1_000;
    notes.push(`${added.toLocaleString('en')} guests were put in within ${seconds.toFixed(0)} s.`);

    const latencies: number[] = [];
    const { guest } = await app.issue({ meetingUrl }, AbortSignal.timeout(15_000));
    const { applicationSessionId } = guest;
    // As many before as are measured: the first of a process are slow.
    for (let count = 0; count < rejoins; count += 1) {
      await app.rejoin({ applicationSessionId }, AbortSignal.timeout(15_000));
    }
    for (let count = 0; count < rejoins; count += 1) {
      const begin = performance.now();
      await app.rejoin({ applicationSessionId }, AbortSignal.timeout(15_000));
      latencies.push(performance.now() - begin);
    }

    const idle = await purge();
    await fill(store, expired, new Date(Date.now() - 1), Infinity);
    const busy = await purge();
    if (busy.deleted !== 2 * expired) throw new Error(`the purge deleted ${busy.deleted} rows`);
    rows.push([
      stored.toLocaleString('en'),
      ...[0.5, 0.95, 0.99].map((share) => milliseconds(percentile(latencies, share))),
      milliseconds(idle.elapsedMs),
      milliseconds((busy.elapsedMs - idle.elapsedMs) / busy.deleted),
      milliseconds(busy.cpuMs / busy.deleted),
    ]);
  }
  printMachine();
  printTable(`${rejoins} rejoins one by one; a purge of nothing, and one of ${expired} guests with two rows each.`, [
    ['guests stored', 'rejoin p50 ms', 'p95', 'p99', 'purge of nothing ms', 'purge: ms a row more', 'CPU ms a row'],
    ...rows,
  ]);
  console.log(`\n${notes.join(' ')}`);

  async function purge(): Promise<{ elapsedMs: number; cpuMs: number; deleted: number }> {
    const before = process.cpuUsage();
    const begin = performance.now();
    const { deleted } = await app.purge();
    const { user, system } = process.cpuUsage(before);
    return {
      elapsedMs: performance.now() - begin,
      cpuMs: (user + system) / 1_000,
      deleted: Object.values(deleted).reduce((sum, count) => sum + count, 0),
    };
  }
}
