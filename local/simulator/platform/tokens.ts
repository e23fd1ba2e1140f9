import { remember } from '../calls.ts';
import type { Answer, Request } from '../http/exchange.ts';
import type { SigningCertificate } from '../webToken.ts';
import { guestDiscoverUrl, makeAnonymousToken } from './anonymousToken.ts';
import type { PlatformState } from './behaviour.ts';
import { mediaType, renderDate } from './dialect.ts';
import { resourceAnswer } from './platformAnswers.ts';
import { redirectLocation } from './redirect.ts';
import { endpointId, tokenSelf } from './resources.ts';
import { readTokenRequest } from './tokenRequest.ts';

/** Answers a token request (E4, §1.9) that is known to come from the application. @param now epoch milliseconds */
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
