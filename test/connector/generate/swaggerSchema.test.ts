import * as z from 'zod';
import { swaggerDefinitions, swaggerField } from '../../../connector/generate/swaggerSchema.ts';

const word = (place: string, name: string) => ({ 'x-ms-summary': `${place} ${name}` });
const definitionsOf = (fields: z.ZodRawShape) =>
  swaggerDefinitions([z.strictObject(fields).meta({ id: 'Thing' })], word)['Thing'];

test('a schema keeps what Swagger 2.0 can say, and every field gets its words', () => {
  const thing = definitionsOf({
    name: z.string().min(1).max(9).describe('What it is called.'),
    kind: z.enum(['round', 'square']).optional().describe('How it looks.'),
    unit: z.literal('cm'),
    count: z.int().min(0),
    madeAt: z.iso.datetime(),
    parts: z.array(z.object({ name: z.string() })),
  });
  expect(thing).toEqual({
    type: 'object',
    required: ['name', 'unit', 'count', 'madeAt', 'parts'],
    properties: {
      name: {
        type: 'string',
        minLength: 1,
        maxLength: 9,
        description: 'What it is called.',
        'x-ms-summary': 'Thing name',
      },
      kind: {
        type: 'string',
        enum: ['round', 'square'],
        description: 'How it looks.',
        'x-ms-summary': 'Thing kind',
      },
      unit: { type: 'string', enum: ['cm'], 'x-ms-summary': 'Thing unit' },
      count: { type: 'integer', minimum: 0, 'x-ms-summary': 'Thing count' },
      madeAt: { type: 'string', format: 'date-time', 'x-ms-summary': 'Thing madeAt' },
      parts: {
        type: 'array',
        items: {
          type: 'object',
          required: ['name'],
          properties: { name: { type: 'string', 'x-ms-summary': 'Thing.parts[] name' } },
        },
        'x-ms-summary': 'Thing parts',
      },
    },
  });
});

test('a schema with an id of its own is referred to', () => {
  const part = z.object({ name: z.string() }).meta({ id: 'Part' });
  const whole = z.object({ parts: z.array(part) }).meta({ id: 'Whole' });
  expect(swaggerDefinitions([whole, part], word)).toMatchObject({
    Whole: { properties: { parts: { type: 'array', items: { $ref: '#/definitions/Part' } } } },
    Part: { properties: { name: { type: 'string' } } },
  });
});

test('a parameter is a field by itself', () => {
  expect(swaggerField(z.string().regex(/^a$/).describe('An a.'), 'a')).toEqual({
    type: 'string',
    pattern: '^a$',
    description: 'An a.',
  });
});

test.each<[string, z.ZodType]>([
  ['a union', z.union([z.string(), z.number()])],
  ['a choice of objects', z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') })])],
  ['null', z.null()],
  ['a string or null', z.string().nullable()],
  ['a choice with null', z.literal(['a', null])],
  ['a choice of types', z.literal(['a', 1])],
  ['a tuple', z.tuple([z.string()])],
  ['a map', z.record(z.string(), z.string())],
  ['anything', z.unknown()],
])('%s cannot be said, in a field nor in a list', (_, field) => {
  expect(() => definitionsOf({ field })).toThrow('Swagger 2.0 cannot express');
  expect(() => definitionsOf({ list: z.array(field) })).toThrow('Thing.list[]: Swagger 2.0 cannot express');
});

test('a schema without an id has no place to stand', () => {
  expect(() => swaggerDefinitions([z.object({})], word)).toThrow('a schema of an endpoint has no id');
});
