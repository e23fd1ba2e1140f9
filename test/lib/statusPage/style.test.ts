import { createHash } from 'node:crypto';
import { pageHeaders, style, styleHash } from '../../../lib/statusPage/document.ts';

const [, stylesheet = ''] = /^<style>([^]*)<\/style>$/.exec(style.toString()) ?? [];

/** The colours of one scheme, by name. */
function coloursOf(scheme: string): Record<string, string> {
  return Object.fromEntries(
    [...scheme.matchAll(/--(\w+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** As WCAG 2.2 has it. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string): number => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((index) => {
      const value = parseInt(colour.slice(index, index + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

test('the policy names this stylesheet, and allows nothing else', () => {
  expect(styleHash).toBe(`sha256-${createHash('sha256').update(stylesheet).digest('base64')}`);
  expect(pageHeaders['Content-Security-Policy'].split('; ').toSorted()).toEqual([
    "base-uri 'none'",
    "default-src 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "img-src 'none'",
    `style-src '${styleHash}'`,
  ]);
});

test('the stylesheet loads nothing', () => {
  expect(stylesheet).not.toMatch(/@import|@font-face|url\((?!#)|https?:/);
});

const [light = '', dark = ''] = stylesheet.split('prefers-color-scheme: dark');

test.each([
  ['light', light],
  ['dark', dark],
])('in %s every colour is to be told from what is behind it', (_, scheme) => {
  const { paper = '', card = '', curve = '', band = '', line, ...texts } = coloursOf(scheme);
  expect(Object.keys(texts).toSorted()).toEqual(['fail', 'ink', 'pass', 'quiet', 'warn']);
  for (const behind of [paper, card]) {
    for (const [name, colour] of Object.entries({ ...texts, curve })) {
      expect([name, contrast(colour, behind) >= 4.5]).toEqual([name, true]);
    }
    expect(contrast(band, behind)).toBeGreaterThanOrEqual(3);
  }
  expect(contrast(curve, band)).toBeGreaterThanOrEqual(3);
  expect(line).toBeDefined();
});

test('paper is light, whatever the screen is', () => {
  expect(stylesheet).toContain('@media screen and (prefers-color-scheme: dark)');
});
