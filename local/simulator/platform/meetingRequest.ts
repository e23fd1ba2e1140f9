import * as z from 'zod';
import type { Answer, Request } from '../http/exchange.ts';
import { inAnyCase } from '../http/jsonBody.ts';
import { accessLevels } from '../meetings/behaviour.ts';
import type { PlatformBehaviour } from './behaviour.ts';
import type { MeetingOptions } from './createdMeeting.ts';
import { readDate } from './dialect.ts';
import { platformError } from './platformAnswers.ts';
import { readBody } from './requestBody.ts';

/** One of the values, or the default: the SDK's for the access level, that of the captures for the others. */
const oneOf = <const T extends string>(values: readonly T[], usual: T) =>
  z
    .string()
    .pipe(z.enum(values))
    .nullish()
    .transform((value) => value ?? usual);
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined);
const sipUris = z
  .array(z.string().regex(/^sip:[^\s@]+@[^\s@]+$/i))
  .nullish()
  .transform((uris) => uris ?? []);
const date = z
  .string()
  .refine((given) => !Number.isNaN(readDate(given)), 'Not a date.')
  .nullish()
  .transform((given) => (typeof given === 'string' ? readDate(given) : undefined));

const schema = inAnyCase({
  subject: text,
  description: text,
  accessLevel: oneOf(accessLevels, 'Everyone'),
  automaticLeaderAssignment: oneOf(['Disabled', 'SameEnterprise', 'Everyone'], 'Disabled'),
  entryExitAnnouncement: oneOf(['Unsupported', 'Disabled', 'Enabled'], 'Disabled'),
  lobbyBypassForPhoneUsers: oneOf(['Disabled', 'Enabled'], 'Disabled'),
  phoneUserAdmission: oneOf(['Disabled', 'Enabled'], 'Disabled'),
  attendees: sipUris,
  leaders: sipUris,
  expirationTime: date,
});

const lifeMs = 8 * 60 * 60_000;

/** Reads the body of E5 (§7.1), which may be empty, or finds the answer that refuses it. @param now epoch milliseconds */
export function readMeetingRequest(
  request: Request,
  behaviour: PlatformBehaviour,
  now: number,
): { refusal: Answer } | { options: MeetingOptions; expiresAt: number } {
  const read = request.body === '' ? { body: schema.parse({}) } : readBody(request, schema, behaviour);
  if ('refusal' in read) return read;
  const { expirationTime, ...options } = read.body;
  // The capture's default is on the full second, unlike the end of a token.
  const expiresAt = expirationTime ?? Math.floor(now / 1_000) * 1_000 + lifeMs;
  if (expiresAt < yearsFrom(now, -1) || expiresAt > yearsFrom(now, 10)) {
    const parameters = { expirationTime: 'Not between a year ago and ten years ahead.' };
    const detail = { subcode: 'ParameterValidationFailure', message: 'A parameter is not valid.', parameters };
    return { refusal: platformError(request, 400, detail, behaviour) };
  }
  return { options, expiresAt };
}

function yearsFrom(now: number, years: number): number {
  const date = new Date(now);
  return date.setUTCFullYear(date.getUTCFullYear() + years);
}
