import { html, type Markup } from './html.ts';

/** What marks a failure or a warning in a drawing, whatever its colour, around a point in units of its `viewBox`. */

/** A cross, as on the badge of a failure. */
export function failSign(x: number, y: number): Markup {
  return html`<path class="sign fail" d="M${x - 3} ${y - 3}l6 6m0 -6l-6 6" />`;
}

/** A triangle: something is to be looked after. */
export function warnSign(x: number, y: number): Markup {
  return html`<path class="sign warn" d="M${x - 3.5} ${y + 3}l3.5 -6l3.5 6z" />`;
}
