import fc from 'fast-check';
import { anyString } from '../../../support/anyString.ts';
import { listOf, parseChallenges } from '../../../../lib/platforms/ucwa/challenge.ts';
import { generatedCases } from '../../../support/generatedCases.ts';

const pieces = fc.constantFrom(
  ...['MsRtcOAuth', 'Bearer', 'Negotiate', 'href', 'grant_type', 'a', 'https://x.example/', 'YII/+==', '\u00e9'],
  ...['=', '"', '\\', ',', ' ', '\t', '\r\n ', ';', '\u2028', '\u0000'],
);
const scraps = fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join(''));
const anything = fc.oneof(scraps, anyString(200));

const word = fc.stringMatching(/^[A-Za-z][\w.-]{0,8}$/).filter((text) => text.toLowerCase() !== 'msrtcoauth');
const quoted = fc.string({ maxLength: 20 }).map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`);
const pair = fc.tuple(word, fc.oneof(quoted, fc.stringMatching(/^[^\s",]{0,10}$/))).map((parts) => parts.join('='));
const comma = fc.constantFrom(',', ', ', ' , ', ',\r\n\t', ',,');
const noise = fc.oneof(
  fc
    .tuple(word, fc.array(pair, { maxLength: 3 }), comma)
    .map(([scheme, pairs, between]) => `${scheme} ${pairs.join(between)}`),
  fc.tuple(word, fc.stringMatching(/^[A-Za-z0-9._~+/-]{1,20}={0,2}$/)).map((parts) => parts.join(' ')),
  fc.string({ maxLength: 20 }).map((text) => text.replaceAll('"', '')),
);

const href = 'https://lyncweb.contoso.example/WebTicket/oauthtoken';
const grants = ['urn:microsoft.rtc:anonmeeting', 'password'];
const anyCase = (text: string) =>
  fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map((upper) =>
      Array.from(text, (letter, index) => (upper[index] ? letter.toUpperCase() : letter.toLowerCase())).join(''),
    );
const ticket = fc
  .tuple(anyCase('MsRtcOAuth'), fc.boolean(), fc.boolean(), fc.constantFrom('=', ' = '), comma)
  .map(([scheme, isQuoted, isHrefFirst, equals, between]) => {
    const pairs = [`href${equals}${isQuoted ? `"${href}"` : href}`, `grant_type${equals}"${grants.join(',')}"`];
    return `${scheme} ${(isHrefFirst ? pairs : pairs.reverse()).join(between)}`;
  });

test('whatever a header holds, it is read to its end without an error', () => {
  fc.assert(
    fc.property(anything, (header) => {
      for (const { scheme, parameters } of parseChallenges(header)) {
        expect(scheme).toBe(scheme.toLowerCase());
        expect([...parameters.keys()].filter((name) => name === '' || name !== name.toLowerCase())).toEqual([]);
      }
    }),
    generatedCases(3_000),
  );
});

test('92, 95: the challenge is found among any others, and comes out as it went in', () => {
  fc.assert(
    fc.property(
      fc.array(noise, { maxLength: 3 }),
      ticket,
      fc.array(noise, { maxLength: 3 }),
      comma,
      (before, own, after, between) => {
        const found = parseChallenges([...before, own, ...after].join(between)).find(
          ({ scheme }) => scheme === 'msrtcoauth',
        );
        expect(found?.parameters.get('href')).toBe(href);
        expect(found && listOf(found, 'grant_type')).toEqual(grants);
      },
    ),
    generatedCases(800),
  );
});

test.each(['a,', 'a ', ' ', '"', 'a="', '\\"', 'a=b,', 'a=b ', 'a/', '=', 'a==', '\r\n ', '\t,', 'a ,b= ', 'a="\\'])(
  'a long header is read in one pass: %j, 200,000 times, before blanks',
  (unit) => {
    const header = unit.repeat(200_000) + ' '.repeat(200_000);
    const startedAt = performance.now();
    parseChallenges(header);
    // Looking at the rest again from every piece of it would take minutes.
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  },
);
