import { html, type Markup, type Part } from './html.ts';
import { fillings, style, styleHash } from './style.ts';

/** The headers of a page: it loads nothing, runs nothing, sends nothing, and is shown in no frame. */
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

/** A whole page. @param title what a browser's tab begins with: the verdict, where there is one. */
export function page(title: string, main: Part): string {
  const document: Markup = html`<!doctype html>
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
    </html> `;
  return document.toString();
}
