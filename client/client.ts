/** The typed client of the service, for browsers and Node, without dependencies: client/README.md. */
import { createServiceHttp, type CallOptions, type ClientOptions } from './serviceHttp.ts';
import type * as api from './definition/api.ts';
import { FreshGuest, type FreshOptions } from './freshGuest.ts';
import { AnonymousJoinProblem } from './problem.ts';

export type * from './definition/api.ts';
export type { CallOptions, ClientOptions } from './serviceHttp.ts';
export type { Authorize } from './caller.ts';
export type { Clock } from './clock.ts';
export type { FreshGuest, FreshOptions, LostReason } from './freshGuest.ts';
export { AnonymousJoinProblem, type ProblemCode } from './problem.ts';
export type { RetryLimits } from './retry.ts';

/** What {@link createAnonymousJoinClient} makes. */
export type AnonymousJoinClient = ReturnType<typeof createAnonymousJoinClient>;

/**
 * A client of one deployment. Its methods reject with {@link AnonymousJoinProblem}, and try again by themselves what may
 * succeed when tried again: no http, 429, 503, 504.
 *
 * @example
 * const client = createAnonymousJoinClient({ baseUrl: 'https://join.contoso.com', authorize: functionKey });
 * const { token, discoverUrl } = await client.issue({ meetingUrl });
 */
export function createAnonymousJoinClient(options: ClientOptions) {
  const http = createServiceHttp(options);
  const { call } = http;
  const rejoin = (body: api.RejoinRequest, { signal }: CallOptions = {}) =>
    call('IssueRejoinToken', { body, signal }).catch(ofGuest(body.applicationSessionId));

  return {
    /**
     * The first token of a guest, or another one if the session is known in this meeting. The session's id is chosen before
     * the first try, so that after a lost answer the next try goes on as the same guest.
     */
    async issue(request: api.IssueRequest, { signal }: CallOptions = {}): Promise<api.AnonymousToken> {
      const applicationSessionId = request.applicationSessionId ?? crypto.randomUUID();
      const body = { ...request, applicationSessionId };
      return call('IssueAnonymousToken', { body, signal }).catch(ofGuest(applicationSessionId));
    },

    /** A new token for the same guest. */
    rejoin,

    /**
     * Renews the guest's token minutes before it ends, until it is stopped. A drop of the http calls its `rejoin`,
     * which shares a renewal that is under way.
     */
    keepFresh(join: api.AnonymousToken, options: FreshOptions = {}): FreshGuest {
      const renew = ({ applicationSessionId }: api.AnonymousToken, renewal: CallOptions) =>
        rejoin({ applicationSessionId }, renewal);
      return new FreshGuest(join, { ...options, ...http, renew });
    },

    /** The state of a guest. */
    getGuest(guestId: string, { signal }: CallOptions = {}): Promise<api.Guest> {
      return call('GetGuest', { id: guestId, signal });
    },

    /** Ends new tokens for a guest; the answer says until when those given before may be good. */
    removeGuest(guestId: string, { signal }: CallOptions = {}): Promise<api.Removal> {
      return call('RemoveGuest', { id: guestId, signal });
    },

    /** The active guests of a meeting, page after page as they are asked for. */
    async *searchGuests(search: api.GuestSearch, { signal }: CallOptions = {}): AsyncGenerator<api.Guest, void, void> {
      let body: api.GuestSearch | undefined = search;
      while (body) {
        const { guests, cursor }: api.GuestPage = await call('SearchGuests', { body, signal });
        yield* guests;
        if (cursor !== undefined && cursor === body.cursor) throw goesInCircles();
        body = cursor === undefined ? undefined : { ...search, cursor };
      }
    },

    /**
     * Creates a meeting. What is sent again with the same key makes no second one; without a key each call has its own, so
     * give one where a call may be repeated after it has failed.
     */
    async createMeeting(
      meeting: api.MeetingRequest = {},
      { idempotencyKey = crypto.randomUUID(), signal }: CallOptions & { readonly idempotencyKey?: string } = {},
    ): Promise<api.Meeting> {
      return call('CreateMeeting', { body: meeting, headers: { 'idempotency-key': idempotencyKey }, signal });
    },

    /** Whether a join will work, and if not why; makes no token. */
    preflight(request: api.PreflightRequest, { signal }: CallOptions = {}): Promise<api.Preflight> {
      return call('PreflightJoin', { body: request, signal });
    },

    /** The last check of every part, step by step. */
    health({ signal }: CallOptions = {}): Promise<api.HealthReport> {
      return call('GetHealth', { signal });
    },

    /** The verdict that monitors see; needs no key. */
    healthStatus({ signal }: CallOptions = {}): Promise<api.HealthStatus> {
      return call('GetHealthStatus', { signal });
    },

    /** Has changes of the verdict posted to a callback URL; again with the same one gives the same subscription. */
    subscribeToHealth(
      subscription: api.HealthSubscriptionRequest,
      { signal }: CallOptions = {},
    ): Promise<api.HealthSubscription> {
      return call('SubscribeToHealth', { body: subscription, signal });
    },

    /** Ends a subscription; `subscription-not-found` says that it has ended, be it by a try whose answer was lost. */
    unsubscribeFromHealth(subscriptionId: string, { signal }: CallOptions = {}): Promise<api.HealthUnsubscription> {
      return call('UnsubscribeFromHealth', { id: subscriptionId, signal });
    },
  };
}

function ofGuest(applicationSessionId: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof AnonymousJoinProblem ? error.ofGuest(applicationSessionId) : error;
  };
}

function goesInCircles(): AnonymousJoinProblem {
  return new AnonymousJoinProblem(
    'unexpected-answer',
    'Tell the administrator: the pages of a list repeat themselves.',
  );
}
