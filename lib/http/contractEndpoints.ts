import { endpoints } from '../contract/endpoints.ts';
import { apiDefinition } from '../contract/openApi.ts';
import * as answers from './answers.ts';
import { contractEndpoint } from './contractEndpoint.ts';

/** What each endpoint of the contract does with a validated request. */
export const contractEndpoints = {
  issueAnonymousToken: contractEndpoint(endpoints.issueAnonymousToken, async ({ body, caller, signal }, { issue }) => {
    const issued = await issue({ ...body, caller }, signal);
    return {
      status: issued.created ? 201 : 200,
      body: answers.tokenBody(issued),
      location: `/api/v1/guests/${issued.row.guestId}`,
    };
  }),

  issueRejoinToken: contractEndpoint(endpoints.issueRejoinToken, async ({ body, caller, signal }, { rejoin }) => ({
    status: 200,
    body: answers.rejoinBody(await rejoin({ ...body, caller }, signal)),
  })),

  getGuest: contractEndpoint(endpoints.getGuest, async ({ params, caller }, { search }) => ({
    status: 200,
    body: answers.guestBody(await search.get(params.guestId, caller)),
  })),

  removeGuest: contractEndpoint(endpoints.removeGuest, async ({ params, caller }, { remove }) => ({
    status: 200,
    body: answers.removalBody(await remove(params.guestId, caller)),
  })),

  searchGuests: contractEndpoint(endpoints.searchGuests, async ({ body, caller }, { search }) => ({
    status: 200,
    body: answers.guestPageBody(await search.inMeeting(body.meetingUrl, body.cursor, caller)),
  })),

  createMeeting: contractEndpoint(
    endpoints.createMeeting,
    async ({ body, headers, caller, signal }, { createMeeting }) => ({
      status: 201,
      body: answers.meetingBody(await createMeeting(body, { caller, key: headers['Idempotency-Key'] }, signal)),
    }),
  ),

  preflightJoin: contractEndpoint(endpoints.preflightJoin, async ({ body, caller }, { preflight }) => ({
    status: 200,
    body: answers.preflightBody(await preflight({ ...body, caller })),
  })),

  subscribeToHealth: contractEndpoint(endpoints.subscribeToHealth, async ({ body, caller }, { subscriptions }) => {
    const { subscriptionId, createdAt, location } = await subscriptions.subscribe(body.callbackUrl, caller);
    return { status: 201, body: { subscriptionId, createdAt: createdAt.toISOString() }, location };
  }),

  unsubscribeFromHealth: contractEndpoint(
    endpoints.unsubscribeFromHealth,
    async ({ params: { subscriptionId }, caller }, { subscriptions }) => {
      const { removedAt } = await subscriptions.unsubscribe(subscriptionId, caller);
      return { status: 200, body: { subscriptionId, removedAt: removedAt.toISOString() } };
    },
  ),

  getHealthStatus: contractEndpoint(endpoints.getHealthStatus, async (_, { health }) => {
    const status = await health.status();
    return { status: status.status === 'fail' ? 503 : 200, body: answers.healthStatusBody(status) };
  }),

  getHealth: contractEndpoint(endpoints.getHealth, async (_, { health }) => ({
    status: 200,
    body: answers.healthReportBody(await health.report()),
  })),

  getApiDefinition: contractEndpoint(endpoints.getApiDefinition, () =>
    Promise.resolve({ status: 200, body: apiDefinition() }),
  ),
};
