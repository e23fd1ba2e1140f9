/**
 * `npm run bench:tokens`: CPU, throughput and latency per token of the service, of a floor that makes the same calls
 * through the same SDKs, and of one without SDKs. Storage and simulator run in processes of their own. Build first.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCloudProcess } from './cloudProcess.ts';
import { milliseconds, printMachine, printTable } from './markdown.ts';
import { median, percentile } from './statistics.ts';
import type { Order } from './tokens/contender.ts';
import { bundleContenders, startContenders, startHostDriver, type Driver } from './tokens/drivers.ts';

const rounds = 6;
// So many until the compiler has settled, in each contender.
const warmUp = 1_500;
const crowd = { count: 300, atOnce: 8 };
const alone = { count: 30, atOnce: 1 };

/** What one contender needed, over all rounds. */
interface Result {
  readonly name: string;
  cpuMs: number[];
  perSecond: number[];
  latenciesMs: number[];
}

async function contest(drivers: readonly Driver[], kind: Order['kind']): Promise<Result[]> {
  const results = drivers.map(({ name }): Result => ({ name, cpuMs: [], perSecond: [], latenciesMs: [] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, driver] of drivers.entries()) {
      const together = await driver.run({ kind, ...crowd });
      const oneByOne = await driver.run({ kind, ...alone });
      results[index]?.cpuMs.push(together.cpuMs / crowd.count);
      results[index]?.perSecond.push((1_000 * crowd.count) / together.elapsedMs);
      results[index]?.latenciesMs.push(...oneByOne.latenciesMs);
    }
  }
  return results;
}

function print(title: string, results: readonly Result[]): void {
  const floor = results.find(({ name }) => name === 'SDK floor')?.cpuMs ?? [];
  printTable(title, [
    ['', 'CPU ms a token', 'of SDK floor', `tokens/s, ${crowd.atOnce} at once`, 'p50 ms, one by one', 'p95', 'p99'],
    ...results.map(({ name, cpuMs, perSecond, latenciesMs }) => [
      name,
      milliseconds(median(cpuMs)),
      // Round by round: what else the machine does befalls both alike.
      median(cpuMs.map((value, round) => value / (floor[round] ?? NaN))).toFixed(2),
      String(Math.round(median(perSecond))),
      ...[0.5, 0.95, 0.99].map((share) => milliseconds(percentile(latenciesMs, share))),
    ]),
  ]);
}

const folder = mkdtempSync(join(tmpdir(), 'bench-tokens-'));
const cloud = await startCloudProcess();
const drivers: Driver[] = [];
try {
  await bundleContenders(folder);
  drivers.push(...(await startContenders(folder, cloud.environment)), await startHostDriver(cloud.environment));
  for (const kind of ['issue', 'rejoin'] as const) {
    for (const driver of drivers) await driver.run({ kind, count: warmUp, atOnce: crowd.atOnce });
  }
  printMachine();
  for (const delayMs of [0, 20]) {
    await cloud.delayPlatform(delayMs);
    for (const kind of ['issue', 'rejoin'] as const) {
      const results = await contest(drivers, kind);
      print(
        `${kind === 'issue' ? 'First tokens' : 'Rejoin tokens'}, platform after ${delayMs} ms. Target: 1.5.`,
        results,
      );
    }
  }
} finally {
  for (const driver of drivers) driver.stop();
  await cloud.stop();
  rmSync(folder, { recursive: true });
}
