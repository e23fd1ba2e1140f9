import * as z from 'zod';
import { allowedOrigins, applicationSessionId, guestId, meetingUrl, time } from './fields.ts';

/** Tokens and guests. */

const platform = z.string().describe("The platform of the guest's meeting.");
const tokensValidUntil = time('No token of this guest is valid after this time.');
const rejoinCount = z.int().min(0).describe('How many tokens were requested after the first.');

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
  meetingUrl: z.string().describe('The join URL of the meeting, as the caller gave it.').meta({ format: 'uri' }),
  platform,
  token: z.string().describe("The anonymous token. The guest's app sends it to the platform after 'Bearer '."),
  tokenType: z.literal('Bearer').describe('The authentication scheme of the token.'),
  expiryTime: time('When the token expires.'),
  discoverUrl: z
    .string()
    .optional()
    .describe("The URL that the guest's app calls first, on the Skype platforms. Use it unchanged.")
    .meta({ format: 'uri' }),
  applicationsUrl: z
    .string()
    .optional()
    .describe("The URL at which the guest's app creates its application, if the platform gives it."),
  conferenceUri: z.string().optional().describe('The SIP URI of the conference, if the platform gives it.'),
  identityPreserved: z
    .boolean()
    .describe('Whether the meeting sees the same participant as with earlier tokens of the guest.'),
};

export const tokenAnswer = z.object(tokenFields).meta({ id: 'AnonymousToken' });

export const rejoinAnswer = z.object({ ...tokenFields, rejoinCount }).meta({ id: 'RejoinToken' });

export const guestParams = z.strictObject({ guestId });

export const guestAnswer = z
  .object({
    guestId,
    state: z.enum(['active', 'removed']).describe('A removed guest gets no more tokens.'),
    platform,
    createdAt: time('When the first token was requested.'),
    lastTokenAt: time('When the last token was requested.'),
    tokensValidUntil,
    rejoinCount,
    expiresAt: time('After this time the service does not know the guest any more.'),
  })
  .meta({ id: 'Guest' });

export const removalAnswer = z
  .object({ guestId, removedAt: time('When the guest was removed.'), tokensValidUntil })
  .meta({ id: 'Removal' });

const cursor = z
  .string()
  .max(200, 'must have at most 200 characters')
  .describe('The position of the next page. Send it unchanged.');

export const searchRequest = z.strictObject({ meetingUrl, cursor: cursor.optional() }).meta({ id: 'GuestSearch' });

export const searchAnswer = z
  .object({
    guests: z
      .array(guestAnswer)
      .describe(
        'The active guests of this page. More follow while the answer has a cursor, however few this page has.',
      ),
    cursor: cursor.optional(),
  })
  .meta({ id: 'GuestPage' });
