import fc from 'fast-check';

/** Any character of Unicode: all numbers but those of surrogates. */
export const anyCharacter: fc.Arbitrary<string> = fc
  .nat(0x10_ffff - 0x800)
  .map((number) => String.fromCodePoint(number < 0xd800 ? number : number + 0x800));

/** Any text. fast-check's own unit for it, `binary`, first makes a table of all characters, which takes a second. */
export const anyString = (maxLength: number): fc.Arbitrary<string> => fc.string({ unit: anyCharacter, maxLength });
