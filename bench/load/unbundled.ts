import { build } from 'esbuild';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';

/**
 * The app as it would be deployed without a bundler: our sources without their types, one file each, and the packages in
 * node_modules. Returns the folder, which lies inside the repository so that the packages are found.
 */
export async function writeUnbundledApp(): Promise<string> {
  const folder = mkdtempSync(resolve('.bench-'));
  const sources = ['functions', 'lib'].flatMap((part) =>
    readdirSync(part, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(part, name)),
  );
  await build({
    entryPoints: sources,
    outbase: '.',
    outdir: folder,
    format: 'esm',
    platform: 'node',
    target: 'node20',
  });
  for (const source of sources) {
    const file = join(folder, source.replace(/\.ts$/, '.js'));
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/(from |import\()("\.[^"]+)\.ts"/g, '$1$2.js"'));
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  return folder;
}

const lock = z.object({ packages: z.record(z.string(), z.object({ dev: z.boolean().optional() })) });

/** The folders of all packages that are installed for production. */
export function productionPackages(): string[] {
  const { packages } = lock.parse(JSON.parse(readFileSync('package-lock.json', 'utf8')));
  return Object.entries(packages).flatMap(([folder, { dev }]) => (folder === '' || dev ? [] : [folder]));
}
