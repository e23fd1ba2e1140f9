import fc from 'fast-check';

const nested = (depth: number, open: string, inner: string, close: string): string =>
  open.repeat(depth) + inner + close.repeat(depth);

/** Values as deep as 16 KiB allow, so that what walks them by recursion falls over. */
export const deepJson: fc.Arbitrary<string> = fc.oneof(
  fc.integer({ min: 1, max: 7_500 }).map((depth) => nested(depth, '[', '1', ']')),
  fc.integer({ min: 1, max: 2_000 }).map((depth) => nested(depth, '{"a":', '1', '}')),
);

const notUtf8 = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xe2, 0x82], [0x80]];

/** Bytes that are no JSON in UTF-8, most of them close to the good body. */
export function badJson(good: Buffer): fc.Arbitrary<Uint8Array> {
  const text = good.toString();
  const truncated = fc.nat(good.length - 1).map((length) => good.subarray(0, length));
  const badBytes = fc
    .tuple(fc.constantFrom(...notUtf8), fc.nat(good.length))
    .map(([bytes, at]) => Buffer.concat([good.subarray(0, at), Buffer.from(bytes), good.subarray(at)]));
  const otherEncoding = fc.constantFrom(Buffer.from(text, 'utf16le'), Buffer.from(`\ufeff${text}`, 'utf16le'));
  const noise = fc.uint8Array({ minLength: 1, maxLength: 400 });
  const rawControl = fc
    .integer({ min: 0, max: 31 })
    .map((code) => Buffer.from(text.replace('":"', `":"${String.fromCharCode(code)}`)));
  const unclosed = fc.integer({ min: 1, max: 16_000 }).map((depth) => Buffer.from('['.repeat(depth)));
  return fc.oneof(truncated, badBytes, otherEncoding, noise, rawControl, unclosed);
}
