/** A function key; or what gives an access token for the service (Entra ID), asked before every request. */
export type Authorize = string | (() => string | Promise<string>);

/** The header that proves who calls. */
export async function proofOf(authorize: Authorize): Promise<Record<string, string>> {
  if (typeof authorize === 'string') return { 'x-functions-key': sendable(authorize) };
  return { authorization: `Bearer ${sendable(await authorize())}` };
}

/** Refused here without repeating it: the fetch of some platforms puts a bad header's value into its error. */
function sendable(secret: string): string {
  if (!/^[\x21-\x7e]+$/.test(secret))
    throw new TypeError('a key or token has printable characters only, and is not empty');
  return secret;
}
