import fc from 'fast-check';
import type { ProblemCode } from '../../../lib/problem.ts';
import { badJson, deepJson } from './badJson.ts';
import { anyText, type Flaw } from './badText.ts';

/** What an endpoint takes: a good body, and for each field what is wrong with it besides its type. */
export interface BodyShape {
  readonly good: Readonly<Record<string, unknown>>;
  /** May be empty: then every field can be left out. */
  readonly required: readonly string[];
  readonly flaws: Readonly<Record<string, fc.Arbitrary<Flaw>>>;
}

/** A body that has to be refused, as it goes over the wire. */
export interface BadBody {
  readonly flaw: string;
  readonly codes: readonly ProblemCode[];
  readonly bytes: Uint8Array;
  readonly contentType: string | undefined;
  /** Sent in chunks, so without a length in front. */
  readonly chunked: boolean;
}

const json = 'application/json';
const maxBodyBytes = 16 * 1024;
const toJson = (value: unknown): string => JSON.stringify(value);

/** Every way that is known to send a bad body through an endpoint. */
export function badBodies(shape: BodyShape): fc.Arbitrary<BadBody> {
  const good = Buffer.from(toJson(shape.good));
  const invalid = (flaw: string, texts: fc.Arbitrary<string | Uint8Array>) =>
    texts.map((text) => ({ flaw, codes: ['invalid-request'] as const, bytes: Buffer.from(text), contentType: json }));

  const badField = fc
    .constantFrom(...Object.entries(shape.flaws))
    .chain(([field, flaws]) => flaws.map((flaw) => ({ field, ...flaw })))
    .map(({ field, value, codes }) => ({
      flaw: `a bad ${field}`,
      codes,
      bytes: Buffer.from(toJson({ ...shape.good, [field]: value })),
      contentType: json,
    }));
  const tooLarge = fc.integer({ min: maxBodyBytes + 1, max: 80_000 }).map((length) => ({
    flaw: 'too large',
    codes: ['payload-too-large'] as const,
    bytes: Buffer.from(good.toString().padEnd(length)),
    contentType: json,
  }));
  const wrongMediaType = fc
    .constantFrom(
      ...['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'],
      ...['application/json; charset=utf-16', 'application/json; charset=iso-8859-1', 'application/jsonp', 'json', ''],
      ...['application/problem+json', 'text/json', 'application/json, text/plain', 'application/octet-stream'],
      undefined,
    )
    .map((contentType) => ({
      flaw: 'a wrong media type',
      codes: ['unsupported-media-type'] as const,
      bytes: good,
      contentType,
    }));

  const body = fc.oneof(
    { weight: 8, arbitrary: badField },
    { weight: 4, arbitrary: invalid('a bad object', badObject(shape)) },
    { weight: 4, arbitrary: invalid('bad JSON', badJson(good)) },
    tooLarge,
    wrongMediaType,
  );
  return fc.tuple(body, fc.boolean()).map(([bad, chunked]) => ({ ...bad, chunked }));
}

/** JSON, but not of the object that the endpoint takes: fields missing, unknown, twice, of a wrong type, or no object. */
function badObject({ good, required, flaws }: BodyShape): fc.Arbitrary<string> {
  const names = Object.keys(flaws);
  const field = fc.constantFrom(...names);
  const goodText = toJson(good);
  /** The good body with a member more, or another value for one. */
  const withMember = (name: string, value: string): string => {
    const others = Object.entries(good).filter(([other]) => other !== name);
    return `{${[...others.map(([other, kept]) => `${toJson(other)}:${toJson(kept)}`), `${toJson(name)}:${value}`].join()}}`;
  };

  const missing = fc
    .subarray([...required], { minLength: Math.min(1, required.length) })
    .map((left) => toJson(Object.fromEntries(Object.entries(good).filter(([name]) => !left.includes(name)))));
  const noStringNorList = fc.oneof(
    fc.constantFrom('0', '-0', '1e400', '-1e999', '9'.repeat(400), '0.1e-400', 'true', 'null', '{}', '[[]]', '[{}]'),
    fc
      .jsonValue()
      .filter((value) => typeof value !== 'string' && !Array.isArray(value))
      .map(toJson),
    deepJson,
  );
  const wrongType = fc.tuple(field, noStringNorList).map(([name, value]) => withMember(name, value));
  const unknownName = fc.oneof(
    anyText(40),
    fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'meetingURL', ''),
  );
  const unknown = fc
    .tuple(
      unknownName.filter((name) => !names.includes(name)),
      fc.oneof(fc.jsonValue().map(toJson), fc.constant(goodText), deepJson),
    )
    .map(([name, value]) => withMember(name, value));
  const inPrototype = fc.constantFrom(`{"__proto__":${goodText}}`, `{"constructor":{"prototype":${goodText}}}`);
  const twice = field.map((name) => `${goodText.slice(0, -1)},${toJson(name)}:17}`);
  const noObject = fc
    .jsonValue()
    .filter((value) => typeof value !== 'object' || value === null || Array.isArray(value))
    .map(toJson);
  const usual = [wrongType, wrongType, unknown, unknown, inPrototype, twice, noObject, deepJson];
  return required.length > 0 ? fc.oneof(missing, ...usual) : fc.oneof(...usual);
}
