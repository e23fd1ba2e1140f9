/** The typed client of the service, for browsers and Node, without dependencies: client/README.md. */
import type * as api from './definition/api.ts';
import { FreshGuest, type FreshOptions } from './freshGuest.ts';
import { AnonymousJoinProblem } from './problem.ts';
import { createServiceHttp, type CallOptions, type ClientOptions } from './serviceHttp.ts';

export type * from './definition/api.ts';
export type { Clock } from './clock.ts';
export type { FreshGuest, FreshOptions, LostReason } from './freshGuest.ts';
export { AnonymousJoinProblem, type ProblemCode } from './problem.ts';
export type { RetryLimits } from './retry.ts';
export type { Authorize, CallOptions, ClientOptions } from './serviceHttp.ts';

/** What {@link createAnonymousJoinClient} makes. */
export type AnonymousJoinClient = ReturnType<typeof createAnonymousJoinClient>;

/**
 * A client of one deployment. Its methods reject with {@link AnonymousJoinProblem}. They repeat by themselves a request that
 * may succeed later: after a failed connection, 429, 503 or 504.
 *
 * @example
 * const client = createAnonymousJoinClient({ baseUrl: 'https://join.contoso.com', authorize: functionKey });
 * const { token, discoverUrl } = await client.issue({ meetingUrl });
 */
export function createAnonymousJoinClient(options: ClientOptions) {
  const http = createServiceHttp(options);
  const { call } = http;
  const rejoin = (body: api.RejoinRequest, { signal }: CallOptions = {}) =>
    call('IssueRejoinToken', { body, signal }).catch(throwWithGuest(body.applicationSessionId));

  return {
    /**
     * Issues the first token of a guest, or another one if the session is known in this meeting. The client chooses the
     * session's id before the first try, so that after a lost answer the next try goes on as the same guest.
     */
    async issue(request: api.IssueRequest, { signal }: CallOptions = {}): Promise<api.AnonymousToken> {
      const applicationSessionId = request.applicationSessionId ?? crypto.randomUUID();
      const body = { ...request, applicationSessionId };
      return call('IssueAnonymousToken', { body, signal }).catch(throwWithGuest(applicationSessionId));
    },

    /** Issues a new token for the same guest. */
    rejoin,

    /**
     * Renews the guest's token minutes before it ends, until it is stopped. After a drop of the connection call its `rejoin`,
     * which shares a renewal that is under way.
     */
    keepFresh(join: api.AnonymousToken, options: FreshOptions = {}): FreshGuest {
      const renew = ({ applicationSessionId }: api.AnonymousToken, renewal: CallOptions) =>
        rejoin({ applicationSessionId }, renewal);
      return new FreshGuest(join, { ...options, ...http, renew });
    },

    /** Reads the state of a guest. */
    getGuest(guestId: string, { signal }: CallOptions = {}): Promise<api.Guest> {
      return call('GetGuest', { id: guestId, signal });
    },

    /** Stops new tokens for a guest; the answer says until when earlier ones may be valid. */
    removeGuest(guestId: string, { signal }: CallOptions = {}): Promise<api.Removal> {
      return call('RemoveGuest', { id: guestId, signal });
    },

    /** Lists the active guests of a meeting; the next page is requested when its guests are needed. */
    async *searchGuests(search: api.GuestSearch, { signal }: CallOptions = {}): AsyncGenerator<api.Guest, void, void> {
      let body: api.GuestSearch | undefined = search;
      while (body) {
        const { guests, cursor }: api.GuestPage = await call('SearchGuests', { body, signal });
        yield* guests;
        if (cursor !== undefined && cursor === body.cursor) throw repeatedPage();
        body = cursor === undefined ? undefined : { ...search, cursor };
      }
    },

    /**
     * Creates a meeting. A request that is repeated with the same key makes no second meeting. Without a key each call has
     * its own; pass one where a call may be repeated after it has failed.
     */
    async createMeeting(
      meeting: api.MeetingRequest = {},
      { idempotencyKey = crypto.randomUUID(), signal }: CallOptions & { readonly idempotencyKey?: string } = {},
    ): Promise<api.Meeting> {
      return call('CreateMeeting', { body: meeting, headers: { 'idempotency-key': idempotencyKey }, signal });
    },

    /** Says whether a join will work, and if not why; makes no token. */
    preflight(request: api.PreflightRequest, { signal }: CallOptions = {}): Promise<api.Preflight> {
      return call('PreflightJoin', { body: request, signal });
    },

    /** Reads the last check of every part, step by step. */
    health({ signal }: CallOptions = {}): Promise<api.HealthReport> {
      return call('GetHealth', { signal });
    },

    /** Reads the status that monitors see; needs no key. */
    healthStatus({ signal }: CallOptions = {}): Promise<api.HealthStatus> {
      return call('GetHealthStatus', { signal });
    },

    /** Has changes of the status posted to a callback URL; the same URL again gives the same subscription. */
    subscribeToHealth(
      subscription: api.HealthSubscriptionRequest,
      { signal }: CallOptions = {},
    ): Promise<api.HealthSubscription> {
      return call('SubscribeToHealth', { body: subscription, signal });
    },

    /** Ends a subscription; `subscription-not-found` says that it has ended, perhaps by a try whose answer was lost. */
    unsubscribeFromHealth(subscriptionId: string, { signal }: CallOptions = {}): Promise<api.HealthUnsubscription> {
      return call('UnsubscribeFromHealth', { id: subscriptionId, signal });
    },
  };
}

function throwWithGuest(applicationSessionId: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof AnonymousJoinProblem ? error.ofGuest(applicationSessionId) : error;
  };
}

function repeatedPage(): AnonymousJoinProblem {
  return new AnonymousJoinProblem(
    'unexpected-answer',
    'Tell the administrator: the pages of a list repeat themselves.',
  );
}
