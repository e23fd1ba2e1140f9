/** The server's clock when it answered, ms since 1970. Of another origin's answers a browser does not show it. */
export function dateOf(headers: Headers): number | undefined {
  const date = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(date) ? undefined : date;
}

/** The `Retry-After` of an answer in seconds, from either form of RFC 9110 §10.2.3. @param now ms since 1970 */
export function retryAfterSeconds(headers: Headers, now: number): number | undefined {
  const text = headers.get('retry-after') ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text);
  // Every form of a date begins with the day's name; Date.parse alone takes `1.5` for a day in 2001.
  const at = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(at)) return undefined;
  return Math.max(0, Math.ceil((at - now) / 1_000));
}
