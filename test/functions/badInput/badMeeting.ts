import fc from 'fast-check';
import { meetingOptionValues } from '../../../lib/platforms/platform.ts';
import { anyText, invalid, longText, spoiled, type Flaw } from './badText.ts';

const textBeyond = (longest: number): fc.Arbitrary<Flaw> => invalid(longText('', longest));

const noneOf = (values: readonly string[]): fc.Arbitrary<Flaw> =>
  invalid(
    fc.oneof(
      anyText().filter((text) => !values.includes(text)),
      fc.constantFrom(...values).map((value) => value.toLowerCase()),
      fc.constantFrom(...values).chain(spoiled),
      fc.constant(values),
    ),
  );

const goodUri = 'sip:jane.doe@contoso.example';
const badUri = fc.oneof(
  anyText(),
  spoiled(goodUri),
  fc.constantFrom(';x=1', '?subject=a', ':5061', '@b', '/', '>', ',sip:b@c').map((more) => goodUri + more),
  fc.constantFrom('sips:', 'tel:', 'mailto:', 'SIP:', '').map((scheme) => goodUri.replace('sip:', scheme)),
  longText(goodUri, 300),
);
const uris = (count: number): unknown[] => Array.from({ length: count }, () => goodUri);
const badUris = invalid(
  fc.oneof(
    fc.tuple(fc.nat(3), badUri).map(([count, uri]) => [...uris(count), uri]),
    fc.integer({ min: 101, max: 300 }).map(uris),
    fc.jsonValue().map((value) => [goodUri, [value]]),
    fc.constant(goodUri),
  ),
);

const goodTime = '2027-01-01T00:00:00Z';
const badTime = invalid(
  fc.oneof(
    anyText(),
    spoiled(goodTime),
    // Before now, and beyond ten years.
    fc.date({ max: new Date('2026-01-01'), noInvalidDate: true }).map((date) => date.toISOString()),
    fc.date({ min: new Date('2100-01-01'), noInvalidDate: true }).map((date) => date.toISOString()),
    fc.constantFrom(
      '2027-02-29T00:00:00Z',
      '2027-01-01',
      '2027-01-01T00:00:00',
      'tomorrow',
      '/Date(1800000000000)/',
      '',
    ),
  ),
);

/** What is wrong with the options of a meeting. */
export const badMeetingOptions: Readonly<Record<string, fc.Arbitrary<Flaw>>> = {
  subject: textBeyond(250),
  description: textBeyond(1_000),
  ...Object.fromEntries(Object.entries(meetingOptionValues).map(([name, values]) => [name, noneOf(values)])),
  attendees: badUris,
  leaders: badUris,
  expirationTime: badTime,
};

/** Options that would do. */
export const goodMeetingOptions = {
  subject: 'Loan',
  accessLevel: 'Everyone',
  attendees: uris(1),
  expirationTime: new Date(Date.now() + 3_600_000).toISOString(),
};

/** What may not be an Idempotency-Key, as far as HTTP lets it through. */
export const badKey: fc.Arbitrary<string> = fc
  .oneof(
    fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 19 }),
    fc.integer({ min: 101, max: 4_000 }).map((length) => 'k'.repeat(length)),
    fc
      .tuple(fc.constantFrom(' ', '\t', 'é', 'ÿ', '\u0080'), fc.integer({ min: 10, max: 40 }))
      .map(([character, length]) => 'k'.repeat(length) + character + 'k'.repeat(length)),
  )
  .map((text) => text.trim());
