import * as z from 'zod';
import { guestIdPattern, longestMeetingUrl, sessionIdPattern } from '../guests/identity.ts';
import { preflightCodes, sessionStates } from '../guests/preflight.ts';
import { parseHttpsUrl } from '../hostRules.ts';
import { problemCatalogue, refusalReasons, type ProblemCode } from '../problem.ts';

/**
 * The bodies of contract v1: what validates requests and what the API definition is made from. No unions and no null
 * anywhere, because Swagger 2.0, which Power Automate reads, cannot say them.
 */

const time = (description: string) => z.iso.datetime({ precision: 3 }).describe(description);

const applicationSessionId = z
  .string()
  .max(100, 'must have at most 100 characters')
  .regex(
    sessionIdPattern,
    'must be a UUID or 22 to 100 characters of A-Z a-z 0-9 . _ ~ - beginning with a letter or digit',
  )
  .describe('Names one guest in one meeting. A secret of the caller and the guest: keep it out of URLs and logs.');

const meetingUrl = z
  .string()
  .max(longestMeetingUrl, `must have at most ${longestMeetingUrl} characters`)
  .refine((text) => parseHttpsUrl(text) !== undefined, 'must be an https URL on a DNS name, without user or backslash')
  .describe('The https join URL of the meeting, as in its invitation.')
  .meta({ format: 'uri' });

const allowedOrigins = z
  .array(z.string().max(500, 'must have at most 500 characters'))
  .min(1, 'must name at least one origin')
  .max(20, 'must name at most 20 origins')
  .describe('Web origins that may use the token, such as https://www.contoso.com.');

const guestId = z
  .string()
  .regex(guestIdPattern, 'must be the guestId of an earlier answer')
  .describe('Names the guest without being a secret.');

const platform = z.string().describe('The meeting platform that the guest joins on.');
const tokensValidUntil = time('No token of this guest is valid for longer.');
const rejoinCount = z.int().min(0).describe('How many tokens were asked for after the first.');

export const issueRequest = z
  .strictObject({
    meetingUrl,
    allowedOrigins: allowedOrigins.optional(),
    applicationSessionId: applicationSessionId.optional(),
  })
  .meta({ id: 'IssueRequest' });

export const rejoinRequest = z
  .strictObject({ applicationSessionId, allowedOrigins: allowedOrigins.optional() })
  .meta({ id: 'RejoinRequest' });

const tokenFields = {
  applicationSessionId,
  guestId,
  meetingUrl: z.string().describe('The join URL as it was first given.').meta({ format: 'uri' }),
  platform,
  token: z.string().describe("The anonymous token. It goes behind 'Bearer ' in the guest's calls to the platform."),
  tokenType: z.literal('Bearer').describe('How the token is used.'),
  expiryTime: time('When the token ends.'),
  discoverUrl: z
    .string()
    .describe("Where the guest's app begins; opaque, to be used as it is.")
    .meta({ format: 'uri' }),
  applicationsUrl: z
    .string()
    .optional()
    .describe('Where the guest creates its application, where the platform says so.'),
  conferenceUri: z.string().optional().describe('The SIP URI of the conference, where the platform says so.'),
};

export const tokenAnswer = z.object(tokenFields).meta({ id: 'AnonymousToken' });

export const rejoinAnswer = z
  .object({
    ...tokenFields,
    rejoinCount,
    identityPreserved: z.boolean().describe('Whether the guest comes back as the same participant.'),
  })
  .meta({ id: 'RejoinToken' });

export const guestParams = z.strictObject({ guestId });

export const guestAnswer = z
  .object({
    guestId,
    state: z.enum(['active', 'removed']).describe('A removed guest gets no more tokens.'),
    platform,
    createdAt: time('When the first token was asked for.'),
    lastTokenAt: time('When the last token was asked for.'),
    tokensValidUntil,
    rejoinCount,
    expiresAt: time('When the guest is forgotten.'),
  })
  .meta({ id: 'Guest' });

export const removalAnswer = z
  .object({ guestId, removedAt: time('When the guest was removed.'), tokensValidUntil })
  .meta({ id: 'Removal' });

const cursor = z.string().max(200, 'must have at most 200 characters').describe('Where the next page begins.');

export const searchRequest = z.strictObject({ meetingUrl, cursor: cursor.optional() }).meta({ id: 'GuestSearch' });

export const searchAnswer = z
  .object({
    guests: z.array(guestAnswer).describe('The active guests of this page, which may be short.'),
    cursor: cursor.optional(),
  })
  .meta({ id: 'GuestPage' });

const sipUri = z
  .string()
  .regex(/^sip:[\w.+-]{1,64}@[A-Za-z0-9.-]{1,190}$/, 'must be a SIP URI such as sip:john@contoso.com');
const sipUris = (description: string) =>
  z.array(sipUri).max(100, 'must name at most 100 people').optional().describe(description);

/** Between 20 and 100 printable characters: long enough to be unique, short enough for a table's log. */
const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{20,100}$/, 'must have 20 to 100 printable characters and no blank')
  .describe('Names this one request: sent again with the same key, it makes no second meeting.');

export const createMeetingHeaders = z.object({ 'Idempotency-Key': idempotencyKey });

/** Options of an ad-hoc meeting (docs/protocol/trusted-application-api.md §7.1). */
export const meetingRequest = z
  .strictObject({
    subject: z.string().max(250, 'must have at most 250 characters').optional().describe('What the meeting is about.'),
    description: z
      .string()
      .max(1_000, 'must have at most 1000 characters')
      .optional()
      .describe('More about the meeting.'),
    accessLevel: z
      .enum(['None', 'SameEnterprise', 'Locked', 'Invited', 'Everyone'])
      .optional()
      .describe('Who comes in directly; all others wait in the lobby. Everyone lets guests in directly.'),
    automaticLeaderAssignment: z
      .enum(['Disabled', 'SameEnterprise', 'Everyone'])
      .optional()
      .describe('Who becomes a presenter without being named.'),
    entryExitAnnouncement: z
      .enum(['Unsupported', 'Disabled', 'Enabled'])
      .optional()
      .describe('Whether arrivals and departures are announced.'),
    lobbyBypassForPhoneUsers: z
      .enum(['Disabled', 'Enabled'])
      .optional()
      .describe('Whether callers by phone pass the lobby.'),
    phoneUserAdmission: z.enum(['Disabled', 'Enabled']).optional().describe('Whether callers by phone may join.'),
    attendees: sipUris('Members of the organisation who are invited.'),
    leaders: sipUris('Members of the organisation who are presenters.'),
    expirationTime: z.iso
      .datetime({ offset: true, error: 'must be an ISO 8601 time with its zone' })
      .transform((text) => new Date(text))
      .optional()
      .describe('When the meeting ends to exist: at most ten years ahead; by default the platform takes 8 hours.'),
  })
  .meta({ id: 'MeetingRequest' });

export const meetingAnswer = z
  .object({
    meetingUrl: z.string().describe('The https join URL: what a guest is given a token for.').meta({ format: 'uri' }),
    onlineMeetingUri: z.string().describe('The SIP URI of the conference.'),
    conferenceId: z.string().describe('Names the meeting at its organizer.'),
    organizerUri: z.string().describe('The SIP URI of the account that holds the meeting.'),
    expiryTime: time('When the meeting ends to exist.'),
    platform: z.string().describe('The meeting platform that holds it.'),
  })
  .meta({ id: 'Meeting' });

const verdict = z.enum(['pass', 'warn', 'fail']);

export const preflightRequest = z
  .strictObject({
    // Whatever the customer was sent: what is wrong with it is the answer, not an error.
    meetingUrl: z.string().max(2_048, 'must have at most 2048 characters').describe('The join URL as it was sent.'),
    allowedOrigins: allowedOrigins.optional(),
    applicationSessionId: applicationSessionId.optional(),
  })
  .meta({ id: 'PreflightRequest' });

export const preflightAnswer = z
  .object({
    status: verdict.describe('pass: a join will work; warn: it may; fail: it will not.'),
    platform: z.string().optional().describe('The meeting platform that the link belongs to.'),
    session: z
      .enum(sessionStates)
      .optional()
      .describe('What the session is, if one was sent: of a new guest, of this meeting, removed, of another meeting.'),
    reasons: z
      .array(
        z.object({
          code: z.enum(preflightCodes).describe('The reason for programs; stable.'),
          status: z.enum(['warn', 'fail']).describe('fail: for this reason a join will not work.'),
          detail: z.string().describe('What is wrong.'),
          nextStep: z.string().describe('What to do about it, and who.'),
        }),
      )
      .describe('Why a join may not work; empty if nothing speaks against it.'),
  })
  .meta({ id: 'Preflight' });

export const subscriptionRequest = z
  .strictObject({
    callbackUrl: z
      .string()
      .max(2_048, 'must have at most 2048 characters')
      .describe('Where changes are posted to: https, on a host that the administrator has configured.')
      .meta({ format: 'uri' }),
  })
  .meta({ id: 'HealthSubscriptionRequest' });

const subscriptionId = z
  .string()
  .regex(guestIdPattern, 'must be the subscriptionId of an earlier answer')
  .describe('Names the subscription.');

export const subscriptionParams = z.strictObject({ subscriptionId });

export const subscriptionAnswer = z
  .object({ subscriptionId, createdAt: time('When it was subscribed.') })
  .meta({ id: 'HealthSubscription' });

export const unsubscriptionAnswer = z
  .object({ subscriptionId, removedAt: time('When it was ended.') })
  .meta({ id: 'HealthUnsubscription' });

/** What is posted to subscribers and to ALERT_WEBHOOK_URL (lib/health/change.ts). */
export const healthChange = z
  .object({
    event: z.literal('discovery-health-changed').describe('What happened.'),
    status: verdict.describe('The verdict from now on.'),
    previous: verdict.describe('The verdict before.'),
    checkedAt: time('When the change was confirmed.'),
    checks: z
      .array(
        z.object({
          name: z.string().describe("A meeting platform, 'synthetic-join', 'secrets' or 'callers'."),
          status: verdict.describe('The worst of its steps.'),
          failing: z.string().optional().describe('The first step that is not well.'),
          action: z.string().optional().describe('What the administrator can do about it.'),
        }),
      )
      .describe('Every part of the service.'),
  })
  .meta({ id: 'HealthChange' });

export const healthStatus = z
  .object({
    status: verdict.describe('The verdict on the service.'),
    checkedAt: time('The oldest of the last checks.').optional(),
  })
  .meta({ id: 'HealthStatus' });

export const healthReport = z
  .object({
    status: verdict.describe('The verdict on the service.'),
    checkedAt: time('The oldest of the last checks.').optional(),
    checks: z
      .array(
        z.object({
          name: z.string().describe("A meeting platform, 'synthetic-join', 'secrets' or 'callers'."),
          status: verdict.describe('The worst of its steps.'),
          checkedAt: time('When it was checked.'),
          nextDueAt: time('When it will be checked next.'),
          steps: z
            .array(
              z.object({
                name: z.string().describe('What was tried.'),
                outcome: verdict.describe('How it went; warn also stands for more than 2 s.'),
                latencyMs: z.number().describe('How long it took, in milliseconds.'),
                action: z.string().optional().describe('What the administrator can do about it.'),
              }),
            )
            .describe('What was tried, one after the other.'),
        }),
      )
      .describe('The last check of every part.'),
  })
  .meta({ id: 'HealthReport' });

const codes = Object.keys(problemCatalogue) as [ProblemCode, ...ProblemCode[]];

/** RFC 9457. */
export const problemAnswer = z
  .object({
    type: z.string().describe('The kind of problem as a relative URI.'),
    title: z.string().describe('The kind of problem in words.'),
    status: z.int().describe('The HTTP status.'),
    detail: z.string().describe('What to do next.'),
    instance: z.string().describe('Names this occurrence for the administrator.'),
    code: z.enum(codes).describe('The kind of problem for programs; stable.'),
    reason: z.enum(refusalReasons).optional().describe('Why the platform said no.'),
    applicationSessionId: applicationSessionId.optional().describe('Send this id again to go on as the same guest.'),
    errors: z
      .array(
        z.object({
          pointer: z.string().describe('Where in the request, as a JSON pointer.'),
          detail: z.string().describe('What is wrong there.'),
        }),
      )
      .optional()
      .describe('Every mistake in the request.'),
  })
  .meta({ id: 'Problem' });
