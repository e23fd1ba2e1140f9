import { build } from 'esbuild';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Builds an app out of sources by file name, as build.js builds ours, into a folder that `remove` deletes. */
export async function buildApp(sources: Record<string, string>): Promise<{ folder: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'built-app-'));
  mkdirSync(join(folder, 'functions'));
  for (const [name, text] of Object.entries(sources)) writeFileSync(join(folder, 'functions', name), text);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "main": "dist/functions/*.js" }');
  writeFileSync(
    join(folder, 'host.json'),
    '{ "version": "2.0", "extensions": { "http": { "routePrefix": "built" } } }',
  );
  await build({
    entryPoints: Object.keys(sources).map((name) => join(folder, 'functions', name)),
    outbase: folder,
    outdir: join(folder, 'dist'),
    nodePaths: [resolve('node_modules')],
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    external: ['@azure/functions-core'],
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
  return {
    folder,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
