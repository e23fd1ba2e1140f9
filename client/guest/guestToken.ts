import type { AnonymousToken } from '../definition/api.ts';
import { hasShape } from '../shape.ts';
import { secureUrl } from './secureUrl.ts';

/** What a guest joins with: an answer of the service, or as much of it as a back end hands on. */
export type GuestToken = Pick<
  AnonymousToken,
  'token' | 'expiryTime' | 'discoverUrl' | 'applicationsUrl' | 'conferenceUri'
>;

/** A guestToken for somebody who has been there before. */
export interface NextGuestToken extends GuestToken {
  /** Whether it is for the same participant as the guestToken before. Default: it is. */
  readonly identityPreserved?: boolean | undefined;
}

const shape = {
  token: 'string',
  expiryTime: 'time',
  'discoverUrl?': 'string',
  'applicationsUrl?': 'string',
  'conferenceUri?': 'string',
} as const;

/** Whether a guestToken can be used: it is whole, its token fits a header, and its URLs may be shown a token. */
export function isUsable(guestToken: GuestToken): boolean {
  if (!hasShape(guestToken, shape)) return false;
  const { token, discoverUrl, applicationsUrl } = guestToken;
  if (discoverUrl === undefined) return false;
  // A fetch would put the value of a bad header into its error.
  return /^[\x21-\x7e]+$/.test(token) && [discoverUrl, applicationsUrl ?? discoverUrl].every((url) => secureUrl(url));
}
