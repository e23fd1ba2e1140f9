import * as z from 'zod';
import type { Answer, Request } from '../../http/exchange.ts';
import { inAnyCase, readJsonBody } from '../../http/jsonBody.ts';
import { accessLevels, type MeetingOptions, type PlatformBehaviour } from './behaviour.ts';
import { conferenceUriOf } from './conferences.ts';
import { readDate } from './dialect.ts';
import { platformError } from './platformAnswers.ts';

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

const meetingSchema = inAnyCase({
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

/**
 * Reads the body of E5 (trusted-application-api.md §7.1), which may be empty, or finds the answer that refuses it.
 * @param now epoch milliseconds
 */
export function readMeetingRequest(
  request: Request,
  behaviour: PlatformBehaviour,
  now: number,
): { refusal: Answer } | { options: MeetingOptions; expiresAt: number } {
  const read = request.body === '' ? { body: meetingSchema.parse({}) } : readBody(request, meetingSchema, behaviour);
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

// The longest values are trusted-application-api.md §1.9's.
const tokenSchema = inAnyCase({
  applicationSessionId: z.string().max(100).nullish(),
  allowedOrigins: z.string().max(500).refine(isOriginList, 'Not a list of origins.').transform(cutToOrigins).nullish(),
  meetingUrl: z.string().max(1024).refine(isMeetingUrl, 'Not the URL of a meeting.').nullish(),
});

/**
 * The body of a token request (E4, trusted-application-api.md §1.9). Every field may be absent; without a meeting it
 * asks for a token for a chat. The origins are cut to scheme and authority, and joined with `;` in the order sent.
 */
export type TokenRequest = z.infer<typeof tokenSchema>;

/** Reads the body of E4, or finds the answer that refuses it. */
export function readTokenRequest(
  request: Request,
  behaviour: PlatformBehaviour,
): { refusal: Answer } | { tokenRequest: TokenRequest } {
  const read = readBody(request, tokenSchema, behaviour);
  if ('refusal' in read) return read;
  if (behaviour.unknownMeetings.includes(read.body.meetingUrl ?? '')) {
    const detail = { subcode: 'DestinationNotFound', message: 'There is no such meeting.' };
    return { refusal: platformError(request, 404, detail, behaviour) };
  }
  return { tokenRequest: read.body };
}

function isMeetingUrl(text: string): boolean {
  return conferenceUriOf(text) !== undefined;
}

const origin = /^https?:\/\/[^/?#\s]+/i;

function isOriginList(text: string): boolean {
  return splitList(text).every((entry) => origin.test(entry));
}

function cutToOrigins(text: string): string {
  return splitList(text)
    .map((entry) => origin.exec(entry)?.[0])
    .join(';');
}

function splitList(text: string): string[] {
  return text
    .split(';')
    .map((entry) => entry.trim())
    .filter(Boolean);
}

/**
 * Reads the body of a POST, or finds the answer of trusted-application-api.md §1.9 and trusted-application-api.md §1.11
 * that refuses it.
 */
function readBody<T>(
  request: Request,
  schema: z.ZodType<T>,
  behaviour: PlatformBehaviour,
): { refusal: Answer } | { body: T } {
  const read = readJsonBody(request, schema);
  if ('body' in read) return read;
  const { status, ...detail } = read.refusal;
  return { refusal: platformError(request, status, detail, behaviour) };
}
