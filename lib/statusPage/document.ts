import { createHash } from 'node:crypto';
import { html, Markup, type Part } from './html.ts';

/**
 * Colours have a contrast of 4.5 with the paper as text, and of 3 as shapes (WCAG 2.2, AA). Shapes differ in more than their
 * colour. Prints are always light.
 */
const stylesheet = `
:root {
  color-scheme: light;
  --paper: #ffffff; --card: #f6f8fa; --ink: #1c2128; --quiet: #57606a; --line: #c4ccd4;
  --pass: #1a7f37; --warn: #8a5a00; --fail: #c01c28; --curve: #08407a; --band: #5b93d1;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    color-scheme: dark;
    --paper: #0d1117; --card: #161b22; --ink: #e6edf3; --quiet: #9aa5b1; --line: #3d444d;
    --pass: #4ac26b; --warn: #e3b341; --fail: #ff8a82; --curve: #b9dcff; --band: #3d6ea5;
  }
}
@media screen and (forced-colors: active) {
  :root {
    --paper: Canvas; --card: Canvas; --ink: CanvasText; --quiet: CanvasText; --line: GrayText;
    --pass: CanvasText; --warn: CanvasText; --fail: CanvasText; --curve: CanvasText; --band: GrayText;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 75rem; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1, h2, h3, p, ul, figure { margin: 0 0 .75rem; }
h1 { font-size: 1.6rem; line-height: 1.25; }
h2 { font-size: 1.25rem; margin-top: 2rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; }
a { color: var(--curve); }
:focus-visible { outline: 3px solid var(--curve); outline-offset: 2px; }
ul { padding-left: 1.25rem; }
.parts, .steps { list-style: none; padding: 0; display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1.5rem; }
.steps { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr));
  align-items: stretch; gap: 1rem; }
.steps > li { background: var(--card); border: 1px solid var(--line); border-radius: .4rem; padding: .75rem; }
li + li { margin-top: .25rem; }
.parts li, .steps li { margin: 0; }
.steps p { margin: 0; color: var(--quiet); font-size: .875rem; }
.quiet, figcaption, .axis { color: var(--quiet); }
figcaption { margin-bottom: .25rem; }
.axis { display: flex; justify-content: space-between; max-width: 45rem; font-size: .875rem; }
.badge { display: inline-block; border: 2px solid; border-radius: .4rem; padding: 0 .4rem; font-weight: 600;
  font-size: 1rem; line-height: 1.4; white-space: nowrap; }
.badge.pass { color: var(--pass); }
.badge.warn { color: var(--warn); border-style: dashed; }
.badge.fail { color: var(--fail); border-style: double; border-width: 4px; }
table { border-collapse: collapse; }
th, td { text-align: right; padding: .1rem .75rem; border-bottom: 1px solid var(--line); }
th:first-child { text-align: left; }
time { white-space: nowrap; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { font: 10px system-ui, sans-serif; fill: var(--quiet); }
.fillings { position: absolute; width: 0; height: 0; }
.days { max-width: 45rem; }
rect.pass { fill: var(--pass); }
rect.warn { fill: url(#warnings); stroke: var(--warn); stroke-width: .5; }
rect.fail { fill: url(#failures); stroke: var(--fail); stroke-width: .5; }
rect.none { fill: none; stroke: var(--quiet); stroke-dasharray: 2 2; }
#warnings path { stroke: var(--warn); stroke-width: 1.5; }
#failures path { stroke: var(--fail); stroke-width: 1.2; }
.sign { stroke-width: 2; fill: none; }
.sign.fail { stroke: var(--fail); }
.sign.warn { fill: var(--warn); }
.grid { stroke: var(--line); fill: none; }
.limit { stroke: var(--warn); stroke-dasharray: 4 3; }
.band { fill: var(--band); stroke: var(--band); stroke-linejoin: round; }
.median { fill: none; stroke: var(--curve); stroke-width: 1.2; stroke-linecap: round; stroke-linejoin: round; }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  figure, li, tr, h2, h3 { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .steps { grid-template-columns: 1fr 1fr; }
  details { display: none; }
}
`;

/** The stylesheet, as an element of the page. */
export const style = Markup.of([`<style>${stylesheet}</style>`], []);

/** By this hash the policy allows this stylesheet and no other. */
export const styleHash = `sha256-${createHash('sha256').update(stylesheet).digest('base64')}`;

/** The hatchings of warnings and failures. */
const fillings = html`<svg class="fillings" aria-hidden="true" focusable="false">
  <pattern id="warnings" width="4" height="4" patternUnits="userSpaceOnUse">
    <path d="M-1 5L5 -1M-1 1L1 -1M3 5L5 3" />
  </pattern>
  <pattern id="failures" width="3.5" height="3.5" patternUnits="userSpaceOnUse">
    <path d="M0 0L3.5 3.5M3.5 0L0 3.5" />
  </pattern>
</svg>`;

/** The headers of a page, which loads nothing, runs nothing, sends nothing, and is shown in no frame. */
export const pageHeaders = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': [
    "default-src 'none'",
    "img-src 'none'",
    `style-src '${styleHash}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
};

/** A whole page. @param title the beginning of the title of the browser's tab: the status, where there is one */
export function page(title: string, main: Part): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} – Anonymous Join</title>
        ${style}
      </head>
      <body>
        ${fillings}
        <main>${main}</main>
      </body>
    </html> `.toString();
}
