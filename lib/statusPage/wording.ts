import type { Status } from '../health/status.ts';
import { html, type Markup } from './html.ts';

/** How the page writes and marks what it shows. */

const signs: Readonly<Record<Status, string>> = { pass: '✓', warn: '!', fail: '✕' };

/** The status as a word with a sign of its own, for people who see no colours. */
export function badge(status: Status): Markup {
  return html`<span class="badge ${status}"><span aria-hidden="true">${signs[status]}</span> ${status}</span>`;
}

/** A time as the log and the API write it, to the second. */
export function time(at: Date): Markup {
  const text = `${at.toISOString().slice(0, 19)}Z`;
  return html`<time datetime="${text}">${text}</time>`;
}

/** `120 ms`, or `2.3 s` from a second on; `1 s` if it is that exactly. */
export function duration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${ms % 1_000 === 0 ? ms / 1_000 : (ms / 1_000).toFixed(1)} s`;
}

const grouped = new Intl.NumberFormat('en');

/** `8,640`. */
export function count(number: number): string {
  return grouped.format(number);
}

/** A cross that marks a failure in a drawing, as the badge does; around a point in units of the drawing's `viewBox`. */
export function failSign(x: number, y: number): Markup {
  return html`<path class="sign fail" d="M${x - 3} ${y - 3}l6 6m0 -6l-6 6" />`;
}

/** A triangle that marks a warning. */
export function warnSign(x: number, y: number): Markup {
  return html`<path class="sign warn" d="M${x - 3.5} ${y + 3}l3.5 -6l3.5 6z" />`;
}
