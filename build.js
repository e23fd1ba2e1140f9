// Builds what is deployed: dist/app.js, which registers all functions, with shared code and each SDK in chunks of their own,
// so that an SDK is loaded when it is first used. `@azure/functions-core` is supplied by the Functions worker.
import { build } from 'esbuild';
import { readdirSync, rmSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
await build({
  // One entry: a file a function would cost a cold start as many reads as there are functions.
  stdin: {
    contents: readdirSync('functions')
      .map((file) => `import './functions/${file}';`)
      .join('\n'),
    resolveDir: '.',
  },
  outdir: 'dist',
  entryNames: 'app',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: ['@azure/functions-core'],
  // The SDKs' CommonJS parts call require(), which an ES module does not have.
  banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  logLevel: 'warning',
});
