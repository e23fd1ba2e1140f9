import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { filesOf, loadEntryPoints } from '../../../local/host/entryPoints.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'entry-points-'));
  mkdirSync(join(folder, 'dist/functions'), { recursive: true });
  for (const file of ['index.js', 'chunk.js', 'functions/two.js', 'functions/one.js', 'functions/one.js.map']) {
    writeFileSync(join(folder, 'dist', file), '');
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

it.each([
  ['dist/functions/*.js', ['dist/functions/one.js', 'dist/functions/two.js']],
  ['dist/index.js', ['dist/index.js']],
  ['dist/missing.js', []],
  ['none/*.js', []],
])('%s names the files %j', (pattern, expected) => {
  expect(filesOf(folder, pattern).map((path) => relative(folder, path))).toEqual(expected);
});

it('says what is missing when the app was not built', async () => {
  writeFileSync(join(folder, 'package.json'), '{ "main": "out/*.js" }');
  await expect(loadEntryPoints(folder)).rejects.toThrow('Found no file that matches "out/*.js"');
});
