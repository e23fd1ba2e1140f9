import * as z from 'zod';
import { allowedOrigins, applicationSessionId, guestId, meetingUrl, time } from './fields.ts';

/** Tokens and guests. */

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
    .optional()
    .describe("Where the guest's app begins on the Skype platforms; opaque, to be used as it is.")
    .meta({ format: 'uri' }),
  applicationsUrl: z
    .string()
    .optional()
    .describe('Where the guest creates its application, where the platform says so.'),
  conferenceUri: z.string().optional().describe('The SIP URI of the conference, where the platform says so.'),
  identityPreserved: z.boolean().describe('Whether this is the participant that earlier tokens of the guest were for.'),
};

export const tokenAnswer = z.object(tokenFields).meta({ id: 'AnonymousToken' });

export const rejoinAnswer = z.object({ ...tokenFields, rejoinCount }).meta({ id: 'RejoinToken' });

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
