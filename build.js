// Builds what is deployed: one ESM entry a function, shared code and each SDK in chunks of their own, so that an SDK is
// loaded when it is first used. `@azure/functions-core` is supplied by the Functions worker.
import { build } from 'esbuild';
import { readdirSync, rmSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
const result = await build({
  entryPoints: readdirSync('functions').map((file) => `functions/${file}`),
  outbase: '.',
  outdir: 'dist',
  bundle: true,
  splitting: true,
  minify: true,
  // Problem names and stack frames stay readable in Application Insights.
  keepNames: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: ['@azure/functions-core'],
  // The SDKs' CommonJS parts call require(), which an ES module does not have.
  banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  metafile: process.argv.includes('--metafile'),
  logLevel: 'warning',
});
if (result.metafile) {
  const { writeFileSync } = await import('node:fs');
  writeFileSync('dist/metafile.json', JSON.stringify(result.metafile));
}
