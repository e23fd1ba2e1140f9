import * as z from 'zod';
import { preflightCodes, sessionStates } from '../../guests/preflight.ts';
import { meetingOptionValues } from '../../platforms/platform.ts';
import { allowedOrigins, applicationSessionId, status, time } from './fields.ts';

/** Meetings, made here or looked at before a guest joins. */

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
    platform: z
      .string()
      .max(64, 'must have at most 64 characters')
      .optional()
      .describe('The platform that shall hold the meeting. Default: the first configured one that creates meetings.'),
    subject: z.string().max(250, 'must have at most 250 characters').optional().describe('What the meeting is about.'),
    description: z
      .string()
      .max(1_000, 'must have at most 1000 characters')
      .optional()
      .describe('More about the meeting.'),
    accessLevel: z
      .enum(meetingOptionValues.accessLevel)
      .optional()
      .describe('Who comes in directly; all others wait in the lobby. Everyone lets guests in directly.'),
    automaticLeaderAssignment: z
      .enum(meetingOptionValues.automaticLeaderAssignment)
      .optional()
      .describe('Who becomes a presenter without being named.'),
    entryExitAnnouncement: z
      .enum(meetingOptionValues.entryExitAnnouncement)
      .optional()
      .describe('Whether arrivals and departures are announced.'),
    lobbyBypassForPhoneUsers: z
      .enum(meetingOptionValues.lobbyBypassForPhoneUsers)
      .optional()
      .describe('Whether callers by phone pass the lobby.'),
    phoneUserAdmission: z
      .enum(meetingOptionValues.phoneUserAdmission)
      .optional()
      .describe('Whether callers by phone may join.'),
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
    onlineMeetingUri: z.string().optional().describe('The SIP URI of the conference, on the Skype platforms.'),
    conferenceId: z.string().optional().describe('Names the meeting at its organizer, on the Skype platforms.'),
    organizerUri: z
      .string()
      .optional()
      .describe('The SIP URI of the account that holds the meeting, on the Skype platforms.'),
    expiryTime: time('When the meeting ends to exist.'),
    platform: z.string().describe('The meeting platform that holds it.'),
  })
  .meta({ id: 'Meeting' });

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
    status: status.describe('pass: a join will work; warn: it may; fail: it will not.'),
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
