import { HttpRequest } from '@azure/functions';
import * as z from 'zod';
import { readBody, readHeaders, validate } from '../../../lib/http/requestBody.ts';
import { Problem } from '../../../lib/problem.ts';

const schema = z.strictObject({
  name: z.string(),
  tags: z.array(z.string()).optional(),
  inner: z.object({}).optional(),
});

const post = (body: Uint8Array | string, headers: Record<string, string>): HttpRequest =>
  new HttpRequest({
    method: 'POST',
    url: 'http://localhost/',
    headers,
    body: typeof body === 'string' ? { string: body } : { bytes: body },
  });
const read = (body: Uint8Array | string, contentType = 'application/json', headers = {}) =>
  readBody(post(body, { 'content-type': contentType, ...headers }), schema);

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Problem) return error;
  throw new Error('expected a problem');
}
const errorsOf = (value: unknown) => {
  try {
    validate(value, schema);
  } catch (error) {
    if (error instanceof Problem) return error.errors;
  }
  throw new Error('expected a problem');
};

test.each([
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset=UTF-8',
  'Application/JSON ; charset="utf-8"',
])('a body may come as %s', async (contentType) => {
  await expect(read('{"name":"é"}', contentType)).resolves.toEqual({ name: 'é' });
});

test('a byte order mark is no part of the text', async () => {
  await expect(read('\ufeff{"name":"a"}')).resolves.toEqual({ name: 'a' });
});

test.each(['text/json', 'application/json; charset=latin1', 'application/json; profile=x', 'application/json5', ''])(
  'a body may not come as %j',
  async (contentType) => {
    expect((await problemOf(read('{"name":"a"}', contentType))).code).toBe('unsupported-media-type');
  },
);

test('16 KiB are taken, one byte more is not, whatever the length that was announced', async () => {
  const fits = '{"name":"a"}'.padEnd(16_384);
  await expect(read(fits)).resolves.toEqual({ name: 'a' });
  for (const announced of [{}, { 'content-length': '12' }, { 'content-length': 'many' }]) {
    expect((await problemOf(read(`${fits} `, undefined, announced))).code).toBe('payload-too-large');
  }
  expect((await problemOf(read('{}', undefined, { 'content-length': '16385' }))).code).toBe('payload-too-large');
  // The limit is in bytes.
  expect((await problemOf(read(JSON.stringify({ name: 'é'.repeat(9_000) })))).code).toBe('payload-too-large');
});

test.each<[string, Uint8Array | string]>([
  ['nothing', ''],
  ['half of it', '{"name":'],
  ['two values', '{} {}'],
  ['a comment', '{"name":"a"/**/}'],
  ['NaN', '{"name":NaN}'],
  ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
])('%s is not JSON', async (_, body) => {
  const problem = await problemOf(read(body));
  expect(problem).toMatchObject({ code: 'invalid-request', errors: [{ pointer: '', detail: 'is not JSON in UTF-8' }] });
});

test('every mistake is listed, with where it is and what is wrong', () => {
  expect(errorsOf({ tags: ['a', 7], inner: [], extra: 1 })).toEqual([
    { pointer: '/name', detail: 'is missing' },
    { pointer: '/tags/1', detail: 'must be a string' },
    { pointer: '/inner', detail: 'must be an object' },
    { pointer: '/extra', detail: 'is not a known field, or holds one' },
  ]);
  expect(errorsOf({ name: null })).toEqual([{ pointer: '/name', detail: 'must be a string' }]);
  expect(errorsOf({ name: 'a', tags: 'b' })).toEqual([{ pointer: '/tags', detail: 'must be an array' }]);
  expect(errorsOf('text')).toEqual([{ pointer: '', detail: 'must be an object' }]);
  expect(errorsOf(null)).toEqual([{ pointer: '', detail: 'must be an object' }]);
});

test('a value that is none of a list is told the list, and not repeated', () => {
  const choosy = z.strictObject({ level: z.enum(['None', 'Everyone']), kind: z.literal('a').optional() });
  for (const level of ['everyone', '', 7, null, ['None']]) {
    expect(() => validate({ level, kind: 'b' }, choosy)).toThrow(
      expect.objectContaining({
        errors: [
          { pointer: '/level', detail: 'must be one of: None, Everyone' },
          { pointer: '/kind', detail: 'must be one of: a' },
        ],
      }) as Error,
    );
  }
});

test('headers are read by the names of the schema, whatever their case, and others are left alone', () => {
  const wanted = z.object({ 'Idempotency-Key': z.string().regex(/^k+$/, 'must be k') });
  const given = (headers: Record<string, string>) =>
    new HttpRequest({ method: 'GET', url: 'http://localhost/', headers });
  expect(readHeaders(given({ 'IDEMPOTENCY-key': 'kk', accept: '*/*' }), wanted)).toEqual({ 'Idempotency-Key': 'kk' });
  for (const [headers, detail] of [
    [{ accept: '*/*' }, 'is missing'],
    [{ 'idempotency-key': 'secret' }, 'must be k'],
  ] as const) {
    expect(() => readHeaders(given(headers), wanted)).toThrow(
      expect.objectContaining({ errors: [{ pointer: '/Idempotency-Key', detail }] }) as Error,
    );
  }
});

test('a hostile name is not repeated, and a prototype is a name like any other', () => {
  const name = 'a';
  expect(errorsOf({ name, '<script>': 1 })).toEqual([{ pointer: '', detail: 'is not a known field, or holds one' }]);
  expect(errorsOf({ name, ['x'.repeat(65)]: 1 })).toEqual([
    { pointer: '', detail: 'is not a known field, or holds one' },
  ]);
  expect(errorsOf(JSON.parse('{"name":"a","__proto__":{"tags":[]}}'))).toEqual([
    { pointer: '/__proto__', detail: 'is not a known field, or holds one' },
  ]);
  expect(({} as { tags?: unknown }).tags).toBeUndefined();
});

test('a pointer escapes what would end its step', () => {
  const odd = z.strictObject({ 'a/b~c': z.string() });
  expect(() => validate({ 'a/b~c': 1 }, odd)).toThrow(
    expect.objectContaining({ errors: [{ pointer: '/a~1b~0c', detail: 'must be a string' }] }) as Error,
  );
});

test('of very many mistakes the first twenty are told', () => {
  expect(errorsOf({ name: 'a', tags: Array(500).fill(1) })).toHaveLength(20);
});
