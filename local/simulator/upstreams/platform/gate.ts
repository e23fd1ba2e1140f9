import type { AccessTokenClaims, AccessTokens } from '../entra/accessTokens.ts';
import { clientId } from '../entra/entraClients.ts';
import { platformHosts } from '../../hostNames.ts';
import { bearerToken, queryParameter, type Answer, type Request } from '../../http/exchange.ts';
import type { PlatformBehaviour } from './behaviour.ts';
import { platformAppId, platformError, unauthorized } from './platformAnswers.ts';
import { endpointId } from './resources.ts';

/** The audience that the docs name: the origin of the discover URL. */
export const platformAudience = `https://${platformHosts.discover}`;

// Three names of one service: the docs', the SDK's and the bare application id (trusted-application-api.md §3, "Both
// audiences").
const audiences: readonly string[] = [platformAudience, `https://${platformHosts.guestDiscover}`, platformAppId];

/** The 401 for a request without a token that Entra issued for the platform; undefined if it has one. */
export function tokenRefusal(request: Request, tokens: AccessTokens): Answer | undefined {
  return platformClaims(request, tokens) ? undefined : unauthorized(request);
}

/**
 * Why a request below `applications` is refused: its token, then the application and endpoint that it names
 * (trusted-application-api.md §1.7, in that order), then the application's path. Undefined if it is not.
 */
export function applicationRefusal(
  request: Request,
  tokens: AccessTokens,
  behaviour: PlatformBehaviour,
  applicationId: string | undefined,
): Answer | undefined {
  const claims = platformClaims(request, tokens);
  if (!claims) return unauthorized(request);

  const isRegistered =
    behaviour.registered &&
    claims.appid === clientId &&
    queryParameter(request, 'endpointId')?.toLowerCase() === endpointId;
  if (!isRegistered) {
    const detail = behaviour.forbiddenSubcode
      ? { subcode: 'ApplicationNotFound', message: 'The application or its endpoint is not registered.' }
      : { message: "Exception of type 'ApplicationNotFoundException' was thrown." };
    return platformError(request, 403, detail, behaviour);
  }
  if (applicationId !== undefined && applicationId !== behaviour.applicationId) {
    return platformError(request, 404, { message: 'There is no such application.' }, behaviour);
  }
  return undefined;
}

function platformClaims(request: Request, tokens: AccessTokens): AccessTokenClaims | undefined {
  const claims = tokens.check(bearerToken(request));
  return claims && audiences.includes(claims.aud.toLowerCase().replace(/\/$/, '')) ? claims : undefined;
}
