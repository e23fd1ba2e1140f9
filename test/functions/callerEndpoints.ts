import { endpoints, type EndpointName } from '../../lib/contract/endpoints.ts';
import { meetingUrl } from '../support/testCloud.ts';

/** The endpoints that need a caller. */
export type CallerEndpoint = {
  [D in EndpointName]: (typeof endpoints)[D]['auth'] extends 'caller' ? D : never;
}[EndpointName];

/** A request that is well-formed. */
interface Knock {
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const nobody = 'A'.repeat(43);

/** A well-formed request for every endpoint that needs a caller: one that is left out does not compile. */
export const knocks: Readonly<Record<CallerEndpoint, Knock>> = {
  issueAnonymousToken: { path: '/api/v1/anonymous-tokens', body: { meetingUrl } },
  issueRejoinToken: { path: '/api/v1/rejoin-tokens', body: { applicationSessionId: 'a'.repeat(22) } },
  getGuest: { path: `/api/v1/guests/${nobody}` },
  removeGuest: { path: `/api/v1/guests/${nobody}` },
  searchGuests: { path: '/api/v1/guests/search', body: { meetingUrl } },
  createMeeting: { path: '/api/v1/meetings', body: {}, headers: { 'Idempotency-Key': 'k'.repeat(20) } },
  preflightJoin: { path: '/api/v1/preflight', body: { meetingUrl } },
  subscribeToHealth: {
    path: '/api/v1/health-subscriptions',
    body: { callbackUrl: 'https://hooks.example/flow' },
  },
  unsubscribeFromHealth: { path: `/api/v1/health-subscriptions/${nobody}` },
  getHealth: { path: '/api/v1/health' },
};

export const callerEndpoints = Object.keys(knocks) as CallerEndpoint[];
