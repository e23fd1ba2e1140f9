/**
 * `npm run bench:load`: the bundle that is deployed against the same app unbundled, loaded in fresh processes by turns.
 * Build first.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { productionPackages, writeUnbundledApp } from './load/unbundled.ts';
import { milliseconds, printMachine, printTable } from './markdown.ts';
import { median } from './statistics.ts';

const rounds = 21;

/** Loads the app in a fresh process, without the loader that runs this script. Milliseconds. */
function load(folder: string, environment: NodeJS.ProcessEnv = {}): number {
  const args = [resolve('bench/load/loadEntryPoints.mjs'), folder];
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8', env: { ...process.env, ...environment } }));
}

const coverage = z.object({ result: z.array(z.object({ url: z.string() })) });

/** The files that are read while the app is loaded, as Node's own coverage lists them. */
function filesRead(folder: string): string[] {
  const report = mkdtempSync(join(tmpdir(), 'bench-load-'));
  load(folder, { NODE_V8_COVERAGE: report });
  const urls = readdirSync(report).flatMap(
    (name) => coverage.parse(JSON.parse(readFileSync(join(report, name), 'utf8'))).result,
  );
  rmSync(report, { recursive: true });
  const files = urls.flatMap(({ url }) => (url.startsWith('file:') ? [fileURLToPath(url)] : []));
  return [...new Set(files)].filter((file) => !file.endsWith('loadEntryPoints.mjs'));
}

/** Of files, and of all files below folders. */
function sizeOf(paths: readonly string[]): number {
  return paths.reduce((sum, path) => {
    if (!existsSync(path)) return sum;
    const stat = statSync(path);
    if (!stat.isDirectory()) return sum + stat.size;
    // Nested packages have entries of their own.
    const names = readdirSync(path).filter((name) => name !== 'node_modules');
    return sum + sizeOf(names.map((name) => join(path, name)));
  }, 0);
}

const kibibytes = (bytes: number): string => Math.round(bytes / 1024).toLocaleString('en');

const unbundled = await writeUnbundledApp();
try {
  const apps = [
    { name: 'unbundled', folder: unbundled, deployed: [unbundled, ...productionPackages()], times: [] as number[] },
    { name: 'bundle', folder: resolve('dist'), deployed: ['dist'], times: [] as number[] },
  ];
  for (let round = 0; round < rounds; round += 1) for (const { folder, times } of apps) times.push(load(folder));
  const baseline = median(apps[0]?.times ?? []);
  printMachine();
  printTable(
    `All function entry points, ${rounds} fresh processes each, by turns. Target: at most 30 % of unbundled.`,
    [
      ['app', 'deployed KiB', 'files loaded', 'KiB loaded', 'median ms', 'range ms', 'of unbundled'],
      ...apps.map(({ name, folder, deployed, times }) => {
        const files = filesRead(folder);
        return [
          name,
          kibibytes(sizeOf(deployed)),
          String(files.length),
          kibibytes(sizeOf(files)),
          milliseconds(median(times)),
          `${milliseconds(Math.min(...times))}–${milliseconds(Math.max(...times))}`,
          `${Math.round((100 * median(times)) / baseline)} %`,
        ];
      }),
    ],
  );
} finally {
  rmSync(unbundled, { recursive: true });
}
