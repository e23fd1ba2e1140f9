import * as z from 'zod';
import { preflightCodes, sessionStates } from '../../guests/preflight.ts';
import { meetingOptionValues } from '../../platforms/platform.ts';
import { allowedOrigins, applicationSessionId, status, time } from './fields.ts';

/** Meetings that the service creates, or checks before a guest joins. */

const sipUri = z
  .string()
  .regex(/^sip:[\w.+-]{1,64}@[A-Za-z0-9.-]{1,190}$/, 'must be a SIP URI such as sip:john@contoso.com');
const sipUris = (description: string) =>
  z.array(sipUri).max(100, 'must name at most 100 people').optional().describe(description);

/** Between 20 and 100 printable characters: long enough to be unique, short enough for a table's log. */
const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{20,100}$/, 'must have 20 to 100 printable characters and no blank')
  .describe('Identifies this request. Sent again with the same key, it makes no second meeting.');

export const createMeetingHeaders = z.object({ 'Idempotency-Key': idempotencyKey });

/** Options of an ad-hoc meeting (docs/protocol/trusted-application-api.md §7.1). */
export const meetingRequest = z
  .strictObject({
    platform: z
      .string()
      .max(64, 'must have at most 64 characters')
      .optional()
      .describe('The platform of the meeting. Default: the first configured one that creates meetings.'),
    subject: z.string().max(250, 'must have at most 250 characters').optional().describe('What the meeting is about.'),
    description: z
      .string()
      .max(1_000, 'must have at most 1000 characters')
      .optional()
      .describe('More about the meeting.'),
    accessLevel: z
      .enum(meetingOptionValues.accessLevel)
      .optional()
      .describe('Who joins without waiting in the lobby. Everyone includes guests.'),
    automaticLeaderAssignment: z
      .enum(meetingOptionValues.automaticLeaderAssignment)
      .optional()
      .describe('Who becomes a presenter without being one of the leaders.'),
    entryExitAnnouncement: z
      .enum(meetingOptionValues.entryExitAnnouncement)
      .optional()
      .describe('Whether arrivals and departures are announced.'),
    lobbyBypassForPhoneUsers: z
      .enum(meetingOptionValues.lobbyBypassForPhoneUsers)
      .optional()
      .describe('Whether people who join by phone skip the lobby.'),
    phoneUserAdmission: z
      .enum(meetingOptionValues.phoneUserAdmission)
      .optional()
      .describe('Whether people may join by phone.'),
    attendees: sipUris('Members of the organisation who are invited.'),
    leaders: sipUris('Members of the organisation who are presenters.'),
    expirationTime: z.iso
      .datetime({ offset: true, error: 'must be an ISO 8601 time with its zone' })
      .transform((text) => new Date(text))
      .optional()
      .describe('When the meeting expires: at most ten years ahead. Without it the platform sets 8 hours.'),
  })
  .meta({ id: 'MeetingRequest' });

export const meetingAnswer = z
  .object({
    meetingUrl: z.string().describe('The https join URL of the meeting. Issue tokens for it.').meta({ format: 'uri' }),
    onlineMeetingUri: z.string().optional().describe('The SIP URI of the conference, on the Skype platforms.'),
    conferenceId: z
      .string()
      .optional()
      .describe('Identifies the meeting among those of its organizer, on the Skype platforms.'),
    organizerUri: z
      .string()
      .optional()
      .describe('The SIP URI of the account that holds the meeting, on the Skype platforms.'),
    expiryTime: time('When the meeting expires.'),
    platform: z.string().describe('The platform of the meeting.'),
  })
  .meta({ id: 'Meeting' });

export const preflightRequest = z
  .strictObject({
    // Any text: the answer says what is wrong with a link, so a bad one is no invalid request.
    meetingUrl: z
      .string()
      .max(2_048, 'must have at most 2048 characters')
      .describe('The join URL as the customer got it.'),
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
      .describe('The state of the session, if one was sent. active: it belongs to a guest of this meeting.'),
    reasons: z
      .array(
        z.object({
          code: z.enum(preflightCodes).describe('A stable code of the reason.'),
          status: z.enum(['warn', 'fail']).describe('fail: a join will not work; warn: it may not.'),
          detail: z.string().describe('What is wrong.'),
          nextStep: z.string().describe('Who can do what about it.'),
        }),
      )
      .describe('Why a join may not work. Empty for pass.'),
  })
  .meta({ id: 'Preflight' });
