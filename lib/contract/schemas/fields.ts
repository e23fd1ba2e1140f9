import * as z from 'zod';
import { guestIdPattern, longestMeetingUrl, sessionIdPattern } from '../../guests/identity.ts';
import { statuses } from '../../health/status.ts';
import { parseHttpsUrl } from '../../hostRules.ts';

/**
 * Fields of several bodies of contract v1. The schemas of this folder validate requests, and the API definition is made from
 * them. They have no unions and no null, because Swagger 2.0, which Power Automate reads, has neither.
 */

/** ISO 8601 in UTC, with milliseconds. */
export const time = (description: string) => z.iso.datetime({ precision: 3 }).describe(description);

export const applicationSessionId = z
  .string()
  .max(100, 'must have at most 100 characters')
  .regex(
    sessionIdPattern,
    'must be a UUID or 22 to 100 characters of A-Z a-z 0-9 . _ ~ - beginning with a letter or digit',
  )
  .describe(
    'Identifies one guest in one meeting. It is a secret of the caller and the guest: keep it out of URLs and logs.',
  );

export const meetingUrl = z
  .string()
  .max(longestMeetingUrl, `must have at most ${longestMeetingUrl} characters`)
  .refine((text) => parseHttpsUrl(text) !== undefined, 'must be an https URL on a DNS name, without user or backslash')
  .describe('The https join URL of the meeting, as in its invitation.')
  .meta({ format: 'uri' });

export const allowedOrigins = z
  .array(z.string().max(500, 'must have at most 500 characters'))
  .min(1, 'must name at least one origin')
  .max(20, 'must name at most 20 origins')
  .describe('Web origins that may use the token, such as https://www.contoso.com.');

export const guestId = z
  .string()
  .regex(guestIdPattern, 'must be the guestId of an earlier answer')
  .describe('Identifies the guest. It is no secret.');

/** `pass`, `warn` or `fail`. */
export const status = z.enum(statuses);
