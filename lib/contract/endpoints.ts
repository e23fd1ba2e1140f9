import type * as z from 'zod';
import type { ProblemCode } from '../problem.ts';
import * as guests from './schemas/guests.ts';
import * as health from './schemas/health.ts';
import * as meetings from './schemas/meetings.ts';

/** One row of the contract: what an endpoint takes and gives. Functions, validation and API definition all read it. */
export interface EndpointDefinition {
  readonly operationId: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the route prefix `/api`. */
  readonly route: string;
  /** `caller`: needs a function key or an application's token, as `CALLER_AUTH` says. */
  readonly auth: 'caller' | 'anonymous';
  readonly summary: string;
  readonly description: string;
  readonly params?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodObject;
  /** By HTTP status; no schema: any JSON. */
  readonly answers: Readonly<Record<number, { description: string; schema?: z.ZodObject }>>;
  /** What is posted later to the URL that the body's field `to` names. */
  readonly notification?: { readonly to: string; readonly description: string; readonly schema: z.ZodObject };
  readonly problems: readonly ProblemCode[];
}

const everyEndpoint = ['caller-unauthenticated', 'caller-not-allowed', 'configuration-invalid', 'internal'] as const;
const withBody = ['invalid-request', 'unsupported-media-type', 'payload-too-large', ...everyEndpoint] as const;
/** Of endpoints that call a meeting platform. */
const withPlatform = [
  'too-many-requests',
  'capability-missing',
  'platform-refused',
  'platform-unavailable',
  'platform-timeout',
  'storage-unavailable',
  'secrets-unavailable',
] as const;
const tokenEndpointProblems = [...withBody, 'origin-not-allowed', 'guest-removed', ...withPlatform] as const;

export const endpoints = {
  issueAnonymousToken: {
    operationId: 'IssueAnonymousToken',
    method: 'POST',
    route: 'v1/anonymous-tokens',
    auth: 'caller',
    summary: 'Issue anonymous token',
    description:
      'Gives a guest without an account a short-lived token for one meeting. With a known applicationSessionId of the same meeting the same guest gets another token.',
    body: guests.issueRequest,
    answers: {
      200: { description: 'Another token for the same guest.', schema: guests.tokenAnswer },
      201: { description: 'The first token of a new guest.', schema: guests.tokenAnswer },
    },
    problems: [...tokenEndpointProblems, 'meeting-url-not-supported', 'session-bound-to-another-meeting'],
  },
  issueRejoinToken: {
    operationId: 'IssueRejoinToken',
    method: 'POST',
    route: 'v1/rejoin-tokens',
    auth: 'caller',
    summary: 'Rejoin as the same guest',
    description: 'Gives a guest who dropped out a new token, with which the guest comes back as the same participant.',
    body: guests.rejoinRequest,
    answers: { 200: { description: 'A new token for the same guest.', schema: guests.rejoinAnswer } },
    problems: [...tokenEndpointProblems, 'guest-not-found'],
  },
  getGuest: {
    operationId: 'GetGuest',
    method: 'GET',
    route: 'v1/guests/{guestId}',
    auth: 'caller',
    summary: 'Get guest',
    description: 'Tells the state of a guest. Neither the session nor the meeting is part of it.',
    params: guests.guestParams,
    answers: { 200: { description: 'The guest.', schema: guests.guestAnswer } },
    problems: ['invalid-request', 'guest-not-found', 'storage-unavailable', ...everyEndpoint],
  },
  removeGuest: {
    operationId: 'RemoveGuest',
    method: 'DELETE',
    route: 'v1/guests/{guestId}',
    auth: 'caller',
    summary: 'Remove guest',
    description:
      'Ends new tokens for a guest. Tokens given before stay good until they expire; the answer says until when.',
    params: guests.guestParams,
    answers: { 200: { description: 'The guest is removed.', schema: guests.removalAnswer } },
    problems: ['invalid-request', 'guest-not-found', 'storage-unavailable', ...everyEndpoint],
  },
  searchGuests: {
    operationId: 'SearchGuests',
    method: 'POST',
    route: 'v1/guests/search',
    auth: 'caller',
    summary: 'List guests in a meeting',
    description: 'Lists the active guests of a meeting, eventually consistent, in pages of at most 50.',
    body: guests.searchRequest,
    answers: { 200: { description: 'A page of guests.', schema: guests.searchAnswer } },
    problems: [...withBody, 'storage-unavailable', 'secrets-unavailable'],
  },
  createMeeting: {
    operationId: 'CreateMeeting',
    method: 'POST',
    route: 'v1/meetings',
    auth: 'caller',
    summary: 'Create meeting',
    description: 'Creates an online meeting right away. The same Idempotency-Key gives the same meeting for 24 hours.',
    headers: meetings.createMeetingHeaders,
    body: meetings.meetingRequest,
    answers: { 201: { description: 'The meeting.', schema: meetings.meetingAnswer } },
    problems: [...withBody, 'request-in-progress', 'idempotency-key-reused', ...withPlatform],
  },
  preflightJoin: {
    operationId: 'PreflightJoin',
    method: 'POST',
    route: 'v1/preflight',
    auth: 'caller',
    summary: 'Check meeting link',
    description:
      'Tells whether a join will work, and if not why and what to do, before the customer clicks. No token is made.',
    body: meetings.preflightRequest,
    answers: { 200: { description: 'What is to be expected.', schema: meetings.preflightAnswer } },
    problems: [...withBody, 'storage-unavailable', 'secrets-unavailable'],
  },
  subscribeToHealth: {
    operationId: 'SubscribeToHealth',
    method: 'POST',
    route: 'v1/health-subscriptions',
    auth: 'caller',
    summary: 'When health changes',
    description:
      'Posts every confirmed change of the health status to a callback URL, until the subscription is ended.',
    body: health.subscriptionRequest,
    answers: {
      201: { description: 'Subscribed; Location names the subscription.', schema: health.subscriptionAnswer },
    },
    notification: {
      to: 'callbackUrl',
      description: 'The status has changed. A 404 or 410 ends the subscription; what else fails is repeated for a day.',
      schema: health.healthChange,
    },
    problems: [
      ...withBody,
      'callback-not-allowed',
      'too-many-subscriptions',
      'storage-unavailable',
      'secrets-unavailable',
    ],
  },
  unsubscribeFromHealth: {
    operationId: 'UnsubscribeFromHealth',
    method: 'DELETE',
    route: 'v1/health-subscriptions/{subscriptionId}',
    auth: 'caller',
    summary: 'End health subscription',
    description: 'Ends a subscription to changes of the health status.',
    params: health.subscriptionParams,
    answers: { 200: { description: 'The subscription has ended.', schema: health.unsubscriptionAnswer } },
    problems: ['invalid-request', 'subscription-not-found', 'storage-unavailable', ...everyEndpoint],
  },
  getHealthStatus: {
    operationId: 'GetHealthStatus',
    method: 'GET',
    route: 'health',
    auth: 'anonymous',
    summary: 'Get health status',
    description: 'The status of the service, for monitors: 503 when it is fail.',
    answers: {
      200: { description: 'The service works, if perhaps not everywhere.', schema: health.healthStatus },
      503: { description: 'The service does not work.', schema: health.healthStatus },
    },
    problems: [],
  },
  getHealth: {
    operationId: 'GetHealth',
    method: 'GET',
    route: 'v1/health',
    auth: 'caller',
    summary: 'Get health',
    description: 'The last check of every part, step by step, with latencies and what to do about a failure.',
    answers: { 200: { description: 'The last checks.', schema: health.healthReport } },
    problems: ['storage-unavailable', ...everyEndpoint],
  },
  getApiDefinition: {
    operationId: 'GetApiDefinition',
    method: 'GET',
    route: 'openapi.json',
    auth: 'anonymous',
    summary: 'Get API definition',
    description: 'This definition, as OpenAPI 3.1.',
    answers: { 200: { description: 'The definition.' } },
    problems: [],
  },
} as const satisfies Record<string, EndpointDefinition>;

export type EndpointName = keyof typeof endpoints;
