import { Problem } from '../problem.ts';

const loopback = /^https?:\/\/(?:(?:[^/]+\.)?localhost|127\.[0-9.]+|\[::1\])(?::|$)/;

/**
 * The origins for a token, of the URLs of pages that the sample service's clients send, joined with `;`. Those on loopback
 * are left out unless they are configured: the sample for iOS sends one, and no customer's page is there. Undefined if
 * none remains; then a token carries all configured origins. Throws `origin-not-allowed`.
 */
export function originsOfPages(text: string, configured: readonly string[]): readonly string[] | undefined {
  const origins = pagesIn(text).map(originOf);
  const allowed = origins.filter((origin) => configured.includes(origin));
  const others = origins.filter((origin) => !configured.includes(origin));
  if (origins.length === 0 || !others.every((origin) => loopback.test(origin))) throw notAllowed();
  return allowed.length > 0 ? [...new Set(allowed)] : undefined;
}

/** A `;` can also stand in the path of a page (`/book;step=2`): what follows is then no page of its own. */
function pagesIn(text: string): string[] {
  const pages: string[] = [];
  for (const piece of text.split(';').map((part) => part.trim())) {
    const ofPathBefore = /^[^/]+\/\/[^/]+\//.test(pages.at(-1) ?? '') && !/^[a-z][a-z0-9+.-]*:\/\//i.test(piece);
    if (piece !== '' && !ofPathBefore) pages.push(piece);
  }
  return pages;
}

/** What the parser makes of it; whatever that is, only configured origins go any further. */
function originOf(page: string): string {
  return URL.canParse(page) ? new URL(page).origin : '';
}

function notAllowed(): Problem {
  return new Problem(
    'origin-not-allowed',
    'Send only pages on origins that the administrator listed in ALLOWED_ORIGINS.',
  );
}
