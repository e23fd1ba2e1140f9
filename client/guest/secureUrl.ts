/** The URL that a link leads to, if it may be shown a token: it is https, and has no credentials of its own. */
export function secureUrl(href: string, base?: string): URL | undefined {
  try {
    const url = new URL(href, base);
    return url.protocol === 'https:' && url.username === '' && url.password === '' ? url : undefined;
  } catch {
    return undefined;
  }
}
