import { randomUUID } from 'node:crypto';
import { endpoints, type EndpointName } from '../../lib/contract/endpoints.ts';
import { meetingUrl } from '../support/testCloud.ts';

/** A request as an endpoint takes it. */
export interface GoodRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** What earlier answers have told. By default what nobody was ever told, in the right form. */
export interface Known {
  readonly applicationSessionId?: unknown;
  readonly guestId?: unknown;
  readonly subscriptionId?: unknown;
}

export const nobodysId = 'A'.repeat(43);
export const callbackUrl = 'https://hooks.example/workflows/1/triggers?sig=signature';

/** A good request for every endpoint. */
export function goodRequests(known: Known = {}): Record<EndpointName, GoodRequest> {
  const { applicationSessionId = 'a'.repeat(22), guestId = nobodysId, subscriptionId = nobodysId } = known;
  const to = (endpoint: EndpointName, request: Pick<GoodRequest, 'body'> & Partial<GoodRequest> = {}): GoodRequest => ({
    method: endpoints[endpoint].method,
    path: `/api/${endpoints[endpoint].route}`
      .replace('{guestId}', String(guestId))
      .replace('{subscriptionId}', String(subscriptionId)),
    headers: {},
    ...request,
  });
  return {
    issueAnonymousToken: to('issueAnonymousToken', { body: { meetingUrl } }),
    issueRejoinToken: to('issueRejoinToken', { body: { applicationSessionId } }),
    getGuest: to('getGuest'),
    removeGuest: to('removeGuest'),
    searchGuests: to('searchGuests', { body: { meetingUrl } }),
    createMeeting: to('createMeeting', { body: {}, headers: { 'Idempotency-Key': randomUUID() } }),
    preflightJoin: to('preflightJoin', { body: { meetingUrl } }),
    subscribeToHealth: to('subscribeToHealth', { body: { callbackUrl } }),
    unsubscribeFromHealth: to('unsubscribeFromHealth'),
    getHealthStatus: to('getHealthStatus'),
    getHealth: to('getHealth'),
    getApiDefinition: to('getApiDefinition'),
  };
}
