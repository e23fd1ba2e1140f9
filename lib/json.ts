/**
 * The value of a JSON text, which may begin with a byte order mark; undefined if it is not JSON. The parser's own error is
 * dropped, because it quotes the text.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}
