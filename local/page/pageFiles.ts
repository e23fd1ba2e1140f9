import { build } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

interface PageFile {
  readonly contentType: string;
  readonly content: string;
}

const folder = 'local/page/browser';

/** Everything that the browser loads, by path. The script is bundled here and now, and written nowhere. */
export async function pageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const read = (name: string): Promise<string> => readFile(resolve(folder, name), 'utf8');
  const [html, css, icon, script] = await Promise.all([
    read('page.html'),
    read('page.css'),
    read('icon.svg'),
    bundle(),
  ]);
  return new Map([
    ['/', { contentType: 'text/html; charset=utf-8', content: html }],
    ['/page.css', { contentType: 'text/css; charset=utf-8', content: css }],
    ['/icon.svg', { contentType: 'image/svg+xml', content: icon }],
    ['/page.js', { contentType: 'text/javascript; charset=utf-8', content: script }],
  ]);
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [resolve(folder, 'main.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    logLevel: 'silent',
  });
  return outputFiles.map(({ text }) => text).join('');
}
