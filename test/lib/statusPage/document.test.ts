import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { pageHeaders, style, styleHash } from '../../../lib/statusPage/document.ts';
import { html } from '../../../lib/statusPage/html.ts';

describe('a template of HTML', () => {
  const shown = (part: Parameters<typeof html>[1]): string => html`<i>${part}</i>`.toString();

  test('a part is text, whatever is in it', () => {
    expect(shown(`<b onclick="x('&amp;')">`)).toBe('<i>&lt;b onclick=&quot;x(&apos;&amp;amp;&apos;)&quot;&gt;</i>');
  });

  test('no text gets out of an element or out of quotes, and every text comes back', () => {
    const decode = (text: string): string =>
      text
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&quot;', '"')
        .replaceAll('&apos;', "'")
        .replaceAll('&amp;', '&');
    fc.assert(
      fc.property(
        fc.string({ unit: fc.oneof(fc.constantFrom('<', '>', '&', '"', "'", '`', '='), fc.string()) }),
        (text) => {
          const [, inside = ''] = /^<i>([^]*)<\/i>$/.exec(shown(text)) ?? [];
          expect(inside).not.toMatch(/[<>"']/);
          expect(decode(inside)).toBe(text);
        },
      ),
    );
  });

  test('markup stays markup, also in a list, and numbers are written out', () => {
    expect(shown([html`<b>${'<'}</b>`, ' & ', 1.5, [html`<u></u>`]])).toBe('<i><b>&lt;</b> &amp; 1.5<u></u></i>');
  });

  test('nothing is left of what is absent', () => {
    expect(shown(undefined) + shown(false) + shown([])).toBe('<i></i><i></i><i></i>');
    expect(shown(0)).toBe('<i>0</i>');
  });

  test('an object that looks like markup is none', () => {
    const parsed = JSON.parse('["<b>"]') as string[];
    expect(shown(parsed)).toBe('<i>&lt;b&gt;</i>');
  });
});

describe('the style of a page', () => {
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
  ])('in %s every colour has enough contrast with what is behind it', (_, scheme) => {
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
});
