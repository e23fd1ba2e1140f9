import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endpoints } from '../../client/definition/endpoints.ts';

const committed = 'client/definition';
const folder = mkdtempSync(join(tmpdir(), 'anonymous-join-client-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

// In processes of their own: the generator's packages are ES modules, which Jest cannot load.
const run = (...args: string[]) => spawnSync(process.execPath, args, { encoding: 'utf8' });

test('the types and tables of the client are those of the definition; if not: npm run client:types', () => {
  expect(run('--import', 'tsx', 'client/generate/write.ts', folder)).toMatchObject({ status: 0, stderr: '' });
  const textsIn = (place: string) =>
    Object.fromEntries(readdirSync(place).map((name) => [name, readFileSync(join(place, name), 'utf8')]));
  expect(textsIn(committed)).toEqual(textsIn(folder));
});

test('every endpoint of the definition is a method of the client', () => {
  const source = readFileSync('client/client.ts', 'utf8');
  expect(Object.keys(endpoints).filter((endpoint) => !source.includes(`call('${endpoint}',`))).toEqual([]);
  expect(Object.keys(endpoints)).toContain('IssueAnonymousToken');
});

test('the client compiles with the types of a browser alone', () => {
  const compiled = run('node_modules/typescript/bin/tsc', '-p', 'client/tsconfig.browser.json');
  expect(compiled).toMatchObject({ status: 0, stdout: '' });
});
