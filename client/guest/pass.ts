import type { AnonymousToken } from '../definition/api.ts';
import { hasShape } from '../shape.ts';
import { secureUrl } from './secureUrl.ts';

/** What a guest joins with: an answer of the service, or as much of it as a back end hands on. */
export type GuestPass = Pick<
  AnonymousToken,
  'token' | 'expiryTime' | 'discoverUrl' | 'applicationsUrl' | 'conferenceUri'
>;

/** A pass for somebody who has been there before. */
export interface RejoinPass extends GuestPass {
  /** Whether it is for the same participant as the pass before. Default: it is. */
  readonly identityPreserved?: boolean | undefined;
}

const shape = {
  token: 'string',
  expiryTime: 'time',
  'discoverUrl?': 'string',
  'applicationsUrl?': 'string',
  'conferenceUri?': 'string',
} as const;

/** Whether a pass can be used: it is whole, its token fits a header, and its URLs may be shown a token. */
export function isUsable(pass: GuestPass): boolean {
  if (!hasShape(pass, shape)) return false;
  const { token, discoverUrl, applicationsUrl } = pass;
  if (discoverUrl === undefined) return false;
  // A fetch would put the value of a bad header into its error.
  return /^[\x21-\x7e]+$/.test(token) && [discoverUrl, applicationsUrl ?? discoverUrl].every((url) => secureUrl(url));
}
