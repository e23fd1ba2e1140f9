import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endpoints } from '../../client/definition/endpoints.ts';
import { shapesOf, type Schema } from '../../client/generate/definition.ts';
import { hasShape, type Shape } from '../../client/shape.ts';

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

test.each<[Shape, unknown[], unknown[]]>([
  ['string', ['', 'text'], [1, null, undefined, {}, ['text']]],
  ['number', [0, 1.5], ['1', null, undefined]],
  ['boolean', [false], [0, 'false', null]],
  ['time', ['2026-11-21T08:15:00.000Z'], ['soon', '', 0, null]],
  [['number'], [[], [1, 2]], [[1, '2'], 1, {}, null]],
  [
    { a: 'string', 'b?': ['number'] },
    [{ a: '' }, { a: '', b: [], c: 1 }],
    [{}, { a: 1 }, { a: '', b: 1 }, [], null, 'a'],
  ],
  [Object.fromEntries([['constructor', 'string'] as const]), [{ constructor: 'own' }], [{}]],
])('%j takes %j and refuses %j', (shape, good, bad) => {
  expect(good.filter((value) => !hasShape(value, shape))).toEqual([]);
  expect(bad.filter((value) => hasShape(value, shape))).toEqual([]);
});

test('a schema becomes a shape, and one that a shape cannot express is refused', () => {
  const schemas: Record<string, Schema & { anyOf?: Schema[] }> = {
    Page: {
      type: 'object',
      properties: { items: { type: 'array', items: { $ref: '#/s/Item' } } },
      required: ['items'],
    },
    Item: { type: 'object', properties: { at: { type: 'string', format: 'date-time' }, count: { type: 'integer' } } },
    Odd: { anyOf: [{ type: 'string' }] },
  };
  expect(shapesOf(schemas, ['Page'])).toEqual({ Page: { items: [{ 'at?': 'time', 'count?': 'number' }] } });
  expect(() => shapesOf(schemas, ['Odd'])).toThrow('anyOf');
  expect(() => shapesOf(schemas, ['Nowhere'])).toThrow('Nowhere');
});
