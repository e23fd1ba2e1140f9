import { platformHosts } from '../hostNames.ts';
import { signWebToken, type SigningCertificate } from '../webToken.ts';
import { readMeeting } from './meeting.ts';
import type { TokenRequest } from './tokenRequest.ts';

// A service-owned account on the meeting's pool, different from the organizer (§2, `ruu`).
const routingAccount = 'sip:DM20R02meet1013@noammeetings.lync.example';

/** A guest token and its end. */
export interface AnonymousToken {
  /** `psat=` and a JSON web token with the claims of §2. */
  token: string;
  /** Milliseconds since the epoch: the `exp` claim and the fraction of a second that it leaves out. */
  expiresAt: number;
}

/**
 * Makes the token of §2. Two equal requests within one second give the same text: nothing but `nbf` tells them apart,
 * in the captures as here.
 */
export function makeAnonymousToken(
  { applicationSessionId, allowedOrigins, meetingUrl }: TokenRequest,
  issuer: { endpointId: string; now: number; lifetimeSeconds: number; certificate: SigningCertificate },
): AnonymousToken {
  const issuedAtSeconds = Math.floor(issuer.now / 1000);
  const meeting = meetingUrl ? readMeeting(meetingUrl) : undefined;
  const claims = {
    ruu: routingAccount,
    asi: applicationSessionId ?? undefined,
    aeu: issuer.endpointId,
    ao: allowedOrigins ?? undefined,
    confid: meeting?.conferenceUri,
    ucwaext: meeting && `https://${platformHosts.homePool}/ucwa/v1/applications`,
    nbf: issuedAtSeconds,
    exp: issuedAtSeconds + issuer.lifetimeSeconds,
  };
  return {
    token: `psat=${signWebToken(claims, issuer.certificate)}`,
    expiresAt: issuer.now + issuer.lifetimeSeconds * 1000,
  };
}

/** Where the guest goes with it; the token stands there encoded twice, as `psat%253d…` (§2, "Double encoding"). */
export function guestDiscoverUrl(token: string, isForMeeting: boolean): string {
  const name = isForMeeting ? 'anonymousMeetingJoinContext' : 'anonymousContext';
  return `https://${platformHosts.guestDiscover}/platformService/discover?${name}=${token.replaceAll('=', '%253d')}`;
}
