import { shapesOf, type Schema } from '../../client/generate/definition.ts';
import { hasShape, type Shape } from '../../client/shape.ts';

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

test('a schema becomes a shape, and one that a shape cannot say is refused', () => {
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
