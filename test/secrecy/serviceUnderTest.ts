import { bodyOf, type Exchange, type Service } from './exchange.ts';
import type { SecretCloud } from './secretCloud.ts';

/** Endpoints by path. */
export const issuePath = '/api/v1/anonymous-tokens';
export const rejoinPath = '/api/v1/rejoin-tokens';
export const searchPath = '/api/v1/guests/search';
export const meetingsPath = '/api/v1/meetings';
export const preflightPath = '/api/v1/preflight';
export const subscriptionsPath = '/api/v1/health-subscriptions';

/** A service that is led through its paths, and what it has to show. */
export interface ServiceUnderTest {
  readonly ask: Service;
  readonly secret: SecretCloud;
  /** All that the service has logged so far. */
  readonly logged: () => string;
}

/** A guest who has never been there, in a meeting that nobody has been to. */
export function issueAnew({ ask, secret }: ServiceUnderTest): Promise<Exchange> {
  return ask(issuePath, {
    body: { meetingUrl: secret.newMeeting(), applicationSessionId: secret.newSession() },
  });
}

/** A meeting that nobody has asked for before. */
export function createAnew({ ask, secret }: ServiceUnderTest): Promise<Exchange> {
  const { subject, key } = secret.newMeetingRequest();
  return ask(meetingsPath, { body: { subject }, headers: { 'Idempotency-Key': key } });
}

/** Session ids that the service made itself, and discover URLs, out of what was answered. */
export function learnAnswers(secret: SecretCloud, exchanges: readonly Exchange[]): void {
  secret.learnMade();
  for (const exchange of exchanges) {
    const { applicationSessionId, discoverUrl } = bodyOf(exchange) ?? {};
    if (typeof applicationSessionId === 'string') secret.scan.add('a session id', applicationSessionId);
    if (typeof discoverUrl === 'string') secret.scan.add('a discover URL', discoverUrl);
  }
}
