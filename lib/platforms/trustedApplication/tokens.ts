import { parseAllowedUrl } from '../../hostRules.ts';
import { UpstreamFailure, type UpstreamAnswer } from '../../net/transport.ts';
import type { Join, PlatformGuest } from '../platform.ts';
import { callService, type ServiceClient } from './client.ts';
import type { Discovered, Discovery } from './discovery.ts';
import { AnswerFailure } from '../failures.ts';
import { TrustedApplicationFailure, refuseFailedAnswer } from './failure.ts';
import { parseTokenAnswer, subcodeOf } from './wire.ts';

/** What asking for a token needs. */
export interface TokenOptions {
  readonly discovery: Discovery;
  readonly client: ServiceClient;
  readonly now: () => number;
}

const furthestExpiryMs = 24 * 60 * 60_000;
// Statuses that a moved application or pool explains: the links are looked up again before the answer is believed.
const moved = new Set([403, 404, 410, 502]);

/**
 * Asks for an anonymous application token (docs/protocol/trusted-application-api.md §1.9). The session id becomes the token's
 * `asi`, so asking again with the same one is how the platform keeps the guest the same participant (§6.5 there).
 */
export async function requestToken(options: TokenOptions, guest: PlatformGuest, signal: AbortSignal): Promise<Join> {
  const { discovery, client } = options;
  const post = async ({ anonApplicationTokens: url }: Discovered): Promise<UpstreamAnswer | UpstreamFailure> => {
    if (!url) throw new TrustedApplicationFailure('tokens-not-granted');
    const { allowedOrigins, applicationSessionId, meetingUrl } = guest;
    const body = JSON.stringify({ allowedOrigins: allowedOrigins.join(';'), applicationSessionId, meetingUrl });
    try {
      return await callService(client, { method: 'POST', url, body }, signal);
    } catch (error) {
      if (error instanceof UpstreamFailure) return error;
      throw error;
    }
  };

  const known = await discovery.get(signal);
  let result = known.anonApplicationTokens && (await post(known));
  if (!result || isMoved(result)) {
    const renewed = await discovery.renew(known, signal);
    if (renewed) result = await post(renewed);
  }
  if (!result) throw new TrustedApplicationFailure('tokens-not-granted');
  if (result instanceof UpstreamFailure) throw result;
  return readToken(result, options);
}

function isMoved(result: UpstreamAnswer | UpstreamFailure): boolean {
  return result instanceof UpstreamFailure ? result.code === 'connection' : moved.has(result.status);
}

function readToken(answer: UpstreamAnswer, { client, now }: TokenOptions): Join {
  const { status, body } = answer;
  // CannotRedirect: the meeting's pool cannot serve it now (docs/protocol/trusted-application-api.md §1.10), which is not the caller's fault.
  refuseFailedAnswer(status === 410 ? { ...answer, status: 503 } : answer);
  if (status === 403 && subcodeOf(body) === 'ApplicationNotFound')
    throw new TrustedApplicationFailure('not-registered');
  if (status >= 400) throw new TrustedApplicationFailure('meeting-rejected');
  const token = parseTokenAnswer(body);
  if (!token) throw new AnswerFailure('unusable');
  const lifeMs = token.expiryTime.getTime() - now();
  if (lifeMs <= 0 || lifeMs > furthestExpiryMs) throw new AnswerFailure('unusable');
  // Handed out verbatim, so it has to be as safe to follow as a URL that we would follow ourselves.
  if (!parseAllowedUrl(token.discoverUrl, client.hosts)) throw new AnswerFailure('unusable');
  return { ...token, identityPreserved: true };
}
