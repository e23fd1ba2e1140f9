import fc from 'fast-check';
import { anyText } from './badText.ts';

const guestIdCharacters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const likeGuestId = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...guestIdCharacters.split('')), minLength, maxLength });

/** Text as a path segment; halves of surrogate pairs as the bytes that careless clients make of them. */
function segmentOf(text: string): string {
  return Array.from(text, (part) => (/\p{Surrogate}/u.test(part) ? '%ED%A0%80' : encodeURIComponent(part))).join('');
}

/** Path segments where a guestId is expected: nobody's, not one at all, or not even text. */
export const badGuestId: fc.Arbitrary<string> = fc
  .oneof(
    anyText(60).map(segmentOf),
    likeGuestId(1, 42),
    likeGuestId(44, 2_000),
    likeGuestId(43, 43),
    fc.tuple(likeGuestId(42, 42), anyText(1)).map(([id, character]) => segmentOf(id + character)),
    fc.tuple(likeGuestId(43, 43), anyText(2)).map(([id, more]) => id + segmentOf(more)),
    fc.constantFrom(
      '%',
      '%zz',
      '%00',
      '%ff',
      '%C0%80',
      '%2e%2e%2fguests',
      'search',
      '%5c',
      "'%20or%201%20eq%201",
      ';a=b',
    ),
    fc
      .tuple(fc.constantFrom('__proto__', 'constructor', 'null', 'undefined'), likeGuestId(0, 3))
      .map((parts) => parts.join('')),
  )
  // What URLs resolve away before they are sent.
  .filter((segment) => !['', '.', '..', '%2e', '%2E'].includes(segment));
