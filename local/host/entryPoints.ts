import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';

const packageJsonSchema = z.object({ main: z.string() });

/** Loads every file that `main` of the app's package.json names, one after the other, as the worker does. */
export async function loadEntryPoints(appFolder: string): Promise<void> {
  const file = join(appFolder, 'package.json');
  const { main } = packageJsonSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const entryPoints = filesOf(appFolder, main);
  if (entryPoints.length === 0) {
    throw new Error(`Found no file that matches "${main}", the "main" of ${file}: build the app first.`);
  }
  for (const entryPoint of entryPoints) await import(pathToFileURL(resolve(entryPoint)).href);
}

/** The existing files of a pattern such as `dist/functions/*.js`, in order. `*` may stand in the file's name only. */
export function filesOf(appFolder: string, pattern: string): string[] {
  const folder = join(appFolder, dirname(pattern));
  if (!existsSync(folder)) return [];
  const [before = '', after] = pattern.slice(pattern.lastIndexOf('/') + 1).split('*');
  return readdirSync(folder)
    .filter((name) => (after === undefined ? name === before : name.startsWith(before) && name.endsWith(after)))
    .sort()
    .map((name) => join(folder, name));
}
