import * as z from 'zod';
import { guestIdPattern, sessionIdPattern } from '../guests/identity.ts';
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
  .max(1_024, 'must have at most 1024 characters')
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

const verdict = z.enum(['pass', 'warn', 'fail']);

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
          name: z.string().describe("A meeting platform, or 'secrets'."),
          status: verdict.describe('The worst of its steps.'),
          checkedAt: time('When it was checked.'),
          nextDueAt: time('When it will be checked next.'),
          steps: z.array(
            z.object({
              name: z.string().describe('What was tried.'),
              outcome: verdict.describe('How it went; warn also stands for more than 2 s.'),
              latencyMs: z.number().describe('How long it took, in milliseconds.'),
              action: z.string().optional().describe('What the administrator can do about it.'),
            }),
          ),
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
