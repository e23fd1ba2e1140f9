import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';

const packageJsonSchema = z.object({ main: z.string() });

/** Loads every file that `main` of the app's package.json names, one after the other, as the worker does. */
export async function loadEntryPoints(appFolder: string): Promise<void> {
  const file = join(appFolder, 'package.json');
  const { main } = packageJsonSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const entryPoints = expandPattern(appFolder, main);
  if (entryPoints.length === 0) {
    throw new Error(`Found no file that matches "${main}", the "main" of ${file}: build the app first.`);
  }
  for (const entryPoint of entryPoints) await import(pathToFileURL(resolve(entryPoint)).href);
}

/** The existing files of a pattern such as `dist/{index.js,functions/*.js}`, in order: `*` and `{a,b}` are all it knows. */
export function expandPattern(folder: string, pattern: string): string[] {
  const braces = /^(.*?)\{([^{}]*)\}(.*)$/.exec(pattern);
  if (braces) {
    const [, before = '', choices = '', after = ''] = braces;
    return choices.split(',').flatMap((choice) => expandPattern(folder, `${before}${choice}${after}`));
  }
  const [first = '', ...rest] = pattern.split('/');
  return namesIn(folder, first)
    .map((name) => join(folder, name))
    .flatMap((path) => (rest.length > 0 ? expandPattern(path, rest.join('/')) : path));
}

function namesIn(folder: string, pattern: string): string[] {
  if (!pattern.includes('*')) return existsSync(join(folder, pattern)) ? [pattern] : [];
  const source = pattern.replaceAll(/[.+?^$()|[\]\\{}]/g, '\\$&').replaceAll('*', '.*');
  const matching = new RegExp(`^${source}$`);
  return readdirSync(folder)
    .filter((name) => matching.test(name))
    .sort();
}
