import { readFileSync } from 'node:fs';
import { crc32, inflateSync } from 'node:zlib';
import { iconBrandColor } from '../../connector/generate/connection.ts';

/** The chunks of a PNG by type; fails for one whose checksum is wrong. */
function chunksOf(png: Buffer): Map<string, Buffer> {
  expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    const typed = png.subarray(at + 4, at + 8 + length);
    expect(png.readUInt32BE(at + 8 + length)).toBe(crc32(typed));
    chunks.set(typed.subarray(0, 4).toString('latin1'), typed.subarray(4));
    at += 12 + length;
  }
  return chunks;
}

const icon = readFileSync('connector/icon.png');

test('the icon is a PNG of 230 by 230 pixels, in true colour and opaque', () => {
  const chunks = chunksOf(icon);
  expect([...chunks.keys()]).toEqual(['IHDR', 'IDAT', 'IEND']);
  const header = chunks.get('IHDR');
  expect([header?.readUInt32BE(0), header?.readUInt32BE(4)]).toEqual([230, 230]);
  expect([...(header?.subarray(8) ?? [])]).toEqual([8, 2, 0, 0, 0]);
});

test('its ground has the brand colour, and the drawing stays in the middle', () => {
  const pixels = inflateSync(chunksOf(icon).get('IDAT') ?? '');
  const at = (x: number, y: number): string => pixels.subarray(y * (1 + 3 * 230) + 1 + 3 * x).toString('hex', 0, 3);
  const ground = iconBrandColor.slice(1);
  const edge = Array.from({ length: 230 }, (_, index) => [
    at(index, 20),
    at(index, 209),
    at(20, index),
    at(209, index),
  ]);
  expect(new Set(edge.flat())).toEqual(new Set([ground]));
  expect(at(115, 98)).toBe('ffffff');
});
