import fc from 'fast-check';
import { html } from '../../../lib/statusPage/html.ts';
import { generatedCases } from '../../support/generatedCases.ts';

const shown = (part: Parameters<typeof html>[1]): string => html`<i>${part}</i>`.toString();

test('what stands in between is text, whatever is in it', () => {
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
    generatedCases(300),
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
