import { remember } from '../../calls.ts';
import { platformHosts } from '../../hostNames.ts';
import type { Answer, Request } from '../../http/exchange.ts';
import { type SigningCertificate, signWebToken } from '../../webToken.ts';
import type { PlatformState } from './behaviour.ts';
import { conferenceUriOf } from './conferences.ts';
import { mediaType, renderDate } from './dialect.ts';
import { resourceAnswer } from './platformAnswers.ts';
import { endpointId, redirectLocation, tokenSelf } from './resources.ts';
import { readTokenRequest, type TokenRequest } from './requestBodies.ts';

/**
 * Answers a token request (E4, trusted-application-api.md §1.9) that is known to come from the application. @param now
 * epoch milliseconds
 */
export function issueToken(
  request: Request,
  platform: PlatformState,
  now: number,
  certificate: SigningCertificate,
): Answer {
  const read = readTokenRequest(request, platform);
  if ('refusal' in read) return read.refusal;
  const { tokenRequest } = read;
  const { applicationSessionId, meetingUrl } = tokenRequest;
  // Only a meeting has a home pool to be sent to.
  const location = meetingUrl ? redirectLocation(request, platform.redirect) : undefined;
  if (location !== undefined) return { status: 307, headers: { Location: location }, body: '' };

  const lifetimeSeconds = platform.tokenLifetimeSeconds;
  const { token, expiresAt } = makeAnonymousToken(tokenRequest, { endpointId, now, lifetimeSeconds, certificate });
  remember(platform.issued, {
    applicationSessionId: applicationSessionId ?? undefined,
    meetingUrl: meetingUrl ?? undefined,
    token,
    at: now,
  });
  return resourceAnswer(
    request,
    {
      rel: 'anonApplicationToken',
      links: {
        self: tokenSelf(request, platform),
        discover: platform.discoverLink ?? guestDiscoverUrl(token, Boolean(meetingUrl)),
      },
      properties: { token, expiryTime: renderDate(expiresAt, platform.dateForm, mediaType(request)) },
    },
    platform,
    platform.tokenStatus,
  );
}

// A service-owned account on the meeting's pool, different from the organizer (trusted-application-api.md §2, `ruu`).
const routingAccount = 'sip:DM20R02meet1013@noammeetings.lync.example';

/** A guest token and its end. */
interface AnonymousToken {
  /** `psat=` and a JSON web token with the claims of trusted-application-api.md §2. */
  token: string;
  /** Milliseconds since the epoch: the `exp` claim and the fraction of a second that it leaves out. */
  expiresAt: number;
}

/**
 * Makes the token of trusted-application-api.md §2. Two equal requests within one second give the same
 * token, because they differ in `nbf` only, as in the captures.
 */
function makeAnonymousToken(
  { applicationSessionId, allowedOrigins, meetingUrl }: TokenRequest,
  issuer: { endpointId: string; now: number; lifetimeSeconds: number; certificate: SigningCertificate },
): AnonymousToken {
  const issuedAtSeconds = Math.floor(issuer.now / 1000);
  const conferenceUri = meetingUrl ? conferenceUriOf(meetingUrl) : undefined;
  const claims = {
    ruu: routingAccount,
    asi: applicationSessionId ?? undefined,
    aeu: issuer.endpointId,
    ao: allowedOrigins ?? undefined,
    confid: conferenceUri,
    ucwaext: conferenceUri && `https://${platformHosts.homePool}/ucwa/v1/applications`,
    nbf: issuedAtSeconds,
    exp: issuedAtSeconds + issuer.lifetimeSeconds,
  };
  return {
    token: `psat=${signWebToken(claims, issuer.certificate)}`,
    expiresAt: issuer.now + issuer.lifetimeSeconds * 1000,
  };
}

/**
 * The guest's discover URL. It contains the token, encoded twice, as `psat%253d…` (trusted-application-api.md §2,
 * "Double encoding").
 */
function guestDiscoverUrl(token: string, isForMeeting: boolean): string {
  const name = isForMeeting ? 'anonymousMeetingJoinContext' : 'anonymousContext';
  return `https://${platformHosts.guestDiscover}/platformService/discover?${name}=${token.replaceAll('=', '%253d')}`;
}
