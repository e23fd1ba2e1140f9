import fc from 'fast-check';
import type { ProblemCode } from '../../../lib/problem.ts';
import { anyCharacter } from '../../support/anyString.ts';
import { meetingUrl } from '../../support/testCloud.ts';

/** A value that a field does not take, and the problems that may say so. */
export interface Flaw {
  readonly value: unknown;
  readonly codes: readonly ProblemCode[];
}

/** A value that its field takes under no circumstances. */
export const invalid = (values: fc.Arbitrary<unknown>): fc.Arbitrary<Flaw> =>
  values.map((value) => ({ value, codes: ['invalid-request'] }));

/** Any Unicode, half surrogate pairs and controls among it. */
export const anyText = (maxLength = 120): fc.Arbitrary<string> =>
  fc.string({
    maxLength,
    unit: fc.oneof(
      anyCharacter,
      fc.constantFrom('\ud800', '\udfff', '\0', '\n', '\r', '\t', '\u001b', '\u202e', '\ufeff', '\\', '"', "'", '<'),
    ),
  });

/** What never stands in a URL or an id, wherever it is put. */
const badCharacter = fc.constantFrom(
  ...['\t', '\n', '\r', '\0', '\u007f', ' ', '\\', '\u3002', '\ud800', '\udc00', 'é', '\u202e', '\u200b', '\ufeff'],
);

/** `text` with a bad character at any place. */
export const spoiled = (text: string): fc.Arbitrary<string> =>
  fc.tuple(badCharacter, fc.nat(text.length)).map(([character, at]) => text.slice(0, at) + character + text.slice(at));

/** `prefix` drawn out beyond what is allowed. */
export const longText = (prefix: string, longerThan: number): fc.Arbitrary<string> =>
  fc.integer({ min: longerThan + 1, max: 6_000 }).map((length) => prefix.padEnd(length, 'a'));

/** No meeting URL at all, whatever the configured platforms. */
export const badMeetingUrl = invalid(
  fc.oneof(
    anyText(),
    spoiled(meetingUrl),
    longText(meetingUrl, 1_024),
    fc
      .constantFrom('http', 'sip', 'ftp', 'file', 'javascript', 'data', 'ws', 'HTTP', 'conf', 'httpss', '')
      .map((scheme) => meetingUrl.replace('https', scheme)),
    fc.webUrl({ validSchemes: ['http', 'ftp', 'wss'] }),
    fc.ipV4().map((address) => `https://${address}/a/b/c`),
    fc.ipV6().map((address) => `https://[${address}]/a/b/c`),
    fc
      .tuple(fc.nat(0xffff_ffff), fc.constantFrom(['', 10], ['0x', 16], ['0', 8]) as fc.Arbitrary<[string, number]>)
      .map(([address, [prefix, radix]]) => `https://${prefix}${address.toString(radix)}/a/b/c`),
    fc.webUrl({ validSchemes: ['https'] }).map((url) => url.replace('https://', 'https://user:word@')),
    fc.constantFrom('.', '%2e', '..', '%2E.').map((segment) => `https://meet.lync.example/a/${segment}/b`),
  ),
);

/** A good URL of a host, or port, that no platform is configured for. */
export const foreignMeetingUrl: fc.Arbitrary<Flaw> = fc
  .oneof(
    fc.domain().map((host) => `https://${host}/contoso/testuser/1SD8D0WZ`),
    fc
      .constantFrom('evilmeet.lync.example', 'meet-lync.example', 'lync.example', 'meet.lync.example.evil.example')
      .map((host) => `https://${host}/contoso/testuser/1SD8D0WZ`),
    fc
      .integer({ min: 1, max: 65_535 })
      .filter((port) => port !== 443)
      .map((port) => `https://meet.lync.example:${port}/a/b/c`),
  )
  .map((value) => ({ value, codes: ['meeting-url-not-supported', 'invalid-request'] }));

const goodId = 'A0-._~'.padEnd(36, 'b');

export const badSessionId = invalid(
  fc.oneof(
    anyText(),
    fc.string({ unit: 'grapheme-ascii', maxLength: 21 }),
    spoiled(goodId),
    longText(goodId, 100),
    fc.constantFrom('-', '.', '_', '~', '/', '+', '%').map((first) => first + goodId),
    fc.constantFrom('/', '+', '%20', '=', ':', '@').map((inside) => goodId + inside + goodId),
  ),
);

export const badCursor = invalid(fc.oneof(anyText(), longText('k1.', 200), spoiled('k1.'.padEnd(46, 'c'))));

const foreignOrigin = fc.oneof(
  anyText(),
  fc.webUrl({ validSchemes: ['http', 'https'] }),
  fc.domain().map((host) => `https://${host}`),
  spoiled('https://www.contoso.example'),
  fc.constantFrom('null', '*', 'http://www.contoso.example', 'https://www.contoso.example.evil.example'),
  fc.constantFrom(
    'https://user@www.contoso.example',
    'https://www.contoso.example:444',
    'https://www.contoso.example/a',
  ),
  fc.integer({ min: 1, max: 99_999 }).map((port) => `http://localhost:${port}`),
);
const goodOrigins = (count: number): unknown[] => Array.from({ length: count }, () => 'https://www.contoso.example');
const withGoodOnes = (origins: fc.Arbitrary<unknown>): fc.Arbitrary<unknown[]> =>
  fc.tuple(fc.nat(3), origins).map(([count, origin]) => [...goodOrigins(count), origin]);

export const badOrigins: fc.Arbitrary<Flaw> = fc.oneof(
  invalid(fc.constant([])),
  invalid(fc.integer({ min: 21, max: 200 }).map(goodOrigins)),
  invalid(withGoodOnes(longText('https://www.contoso.example/', 500))),
  invalid(withGoodOnes(fc.jsonValue().filter((value) => typeof value !== 'string'))),
  withGoodOnes(foreignOrigin).map((value): Flaw => ({ value, codes: ['origin-not-allowed'] })),
);
