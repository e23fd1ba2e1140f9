import type { UpstreamAnswer } from '../../net/transport.ts';
import type { UcwaTrust } from './settings.ts';
import { listOf, parseChallenges } from './challenge.ts';
import { isHomedOnline, resolveTokenEndpoint } from './trust.ts';
import { grantTypes, type Grant } from './webTicket.ts';

export type ChallengeFailureCode =
  | 'no-challenge'
  | 'homed-online'
  | 'no-endpoint'
  | 'endpoint-refused'
  | 'grant-not-offered';

/** A protected resource did not say how to get a ticket that we may ask for. */
export class ChallengeFailure extends Error {
  override readonly name = 'ChallengeFailure';
  readonly code: ChallengeFailureCode;

  constructor(code: ChallengeFailureCode) {
    super(`challenge: ${code}`);
    this.code = code;
  }
}

/** The token endpoint of the first MsRtcOAuth challenge that offers the grant (§2.1, §7.8). */
export function tokenEndpointOf(
  answer: Pick<UpstreamAnswer, 'headers'>,
  challengedBy: URL,
  domain: string,
  grant: Pick<Grant, 'kind'>,
  trust: UcwaTrust,
): URL {
  const challenges = parseChallenges(answer.headers['www-authenticate'] ?? '');
  const tickets = challenges.filter(({ scheme }) => scheme === 'msrtcoauth');
  if (tickets.length === 0) {
    const online = challenges.some(
      ({ scheme, parameters }) => scheme === 'bearer' && parameters.has('authorization_uri'),
    );
    throw new ChallengeFailure(online ? 'homed-online' : 'no-challenge');
  }
  const offering = tickets.find((ticket) => listOf(ticket, 'grant_type')?.includes(grantTypes[grant.kind]) ?? true);
  if (!offering) throw new ChallengeFailure('grant-not-offered');
  const href = offering.parameters.get('href');
  if (!href) throw new ChallengeFailure('no-endpoint');
  if (isHomedOnline(href)) throw new ChallengeFailure('homed-online');
  const endpoint = resolveTokenEndpoint(href, challengedBy, domain, trust);
  if (!endpoint) throw new ChallengeFailure('endpoint-refused');
  return endpoint;
}
