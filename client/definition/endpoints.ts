// Written by `npm run client:types` from lib/contract: change the endpoints and schemas there.

/** How each endpoint is called. */
export const endpoints = {
  IssueAnonymousToken: {
    method: 'POST',
    path: '/v1/anonymous-tokens',
    auth: 'caller',
    body: 'IssueRequest',
    answers: { '200': 'AnonymousToken', '201': 'AnonymousToken' },
  },
  IssueRejoinToken: {
    method: 'POST',
    path: '/v1/rejoin-tokens',
    auth: 'caller',
    body: 'RejoinRequest',
    answers: { '200': 'RejoinToken' },
  },
  GetGuest: { method: 'GET', path: '/v1/guests/{guestId}', auth: 'caller', answers: { '200': 'Guest' } },
  RemoveGuest: { method: 'DELETE', path: '/v1/guests/{guestId}', auth: 'caller', answers: { '200': 'Removal' } },
  SearchGuests: {
    method: 'POST',
    path: '/v1/guests/search',
    auth: 'caller',
    body: 'GuestSearch',
    answers: { '200': 'GuestPage' },
  },
  CreateMeeting: {
    method: 'POST',
    path: '/v1/meetings',
    auth: 'caller',
    body: 'MeetingRequest',
    answers: { '201': 'Meeting' },
  },
  PreflightJoin: {
    method: 'POST',
    path: '/v1/preflight',
    auth: 'caller',
    body: 'PreflightRequest',
    answers: { '200': 'Preflight' },
  },
  SubscribeToHealth: {
    method: 'POST',
    path: '/v1/health-subscriptions',
    auth: 'caller',
    body: 'HealthSubscriptionRequest',
    answers: { '201': 'HealthSubscription' },
  },
  UnsubscribeFromHealth: {
    method: 'DELETE',
    path: '/v1/health-subscriptions/{subscriptionId}',
    auth: 'caller',
    answers: { '200': 'HealthUnsubscription' },
  },
  GetHealthStatus: {
    method: 'GET',
    path: '/health',
    auth: 'anonymous',
    answers: { '200': 'HealthStatus', '503': 'HealthStatus' },
  },
  GetHealth: { method: 'GET', path: '/v1/health', auth: 'caller', answers: { '200': 'HealthReport' } },
} as const;
