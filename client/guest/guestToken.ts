import type { AnonymousToken } from '../definition/api.ts';
import { hasShape } from '../shape.ts';

/** What a guest joins with: an answer of the service, or the part of it that a back end passes on. */
export type GuestToken = Pick<
  AnonymousToken,
  'token' | 'expiryTime' | 'discoverUrl' | 'applicationsUrl' | 'conferenceUri'
>;

/** A further token of the same guest. */
export interface NextGuestToken extends GuestToken {
  /** Whether it is for the same participant as the token before. Default: it is. */
  readonly identityPreserved?: boolean | undefined;
}

const shape = {
  token: 'string',
  expiryTime: 'time',
  'discoverUrl?': 'string',
  'applicationsUrl?': 'string',
  'conferenceUri?': 'string',
} as const;

/** Whether the client can use a token: no field is missing, it fits into a header, and its URLs are secure. */
export function isUsable(guestToken: GuestToken): boolean {
  if (!hasShape(guestToken, shape)) return false;
  const { token, discoverUrl, applicationsUrl } = guestToken;
  // The fetch of some platforms puts the value of a bad header into its error.
  if (!/^[\x21-\x7e]+$/.test(token)) return false;
  return [discoverUrl, applicationsUrl].every((url) => url === undefined || secureUrl(url));
}

/** The URL of a link, if the client may send a token there: it is https, and has no credentials of its own. */
export function secureUrl(href: string, base?: string): URL | undefined {
  try {
    const url = new URL(href, base);
    return url.protocol === 'https:' && url.username === '' && url.password === '' ? url : undefined;
  } catch {
    return undefined;
  }
}
