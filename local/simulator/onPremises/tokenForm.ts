/**
 * Reads a form body as the token endpoint does: `&` separates and nothing else, raw `:` `@` `;` are themselves (§2.2).
 * Undefined if it is malformed: a bad percent sequence, or a name given twice.
 */
export function readTokenForm(body: string): ReadonlyMap<string, string> | undefined {
  const form = new Map<string, string>();
  for (const pair of body.split('&').filter(Boolean)) {
    const nameEnd = pair.includes('=') ? pair.indexOf('=') : pair.length;
    const name = decoded(pair.slice(0, nameEnd));
    const value = decoded(pair.slice(nameEnd + 1));
    if (name === undefined || value === undefined || form.has(name)) return undefined;
    form.set(name, value);
  }
  return form;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
