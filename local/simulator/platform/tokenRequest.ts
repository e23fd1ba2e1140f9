import * as z from 'zod';
import { parseJson, type Answer, type Request } from '../http/exchange.ts';
import type { PlatformBehaviour } from './behaviour.ts';
import { readMeeting } from './meeting.ts';
import { platformError, type ErrorDetail } from './platformAnswers.ts';

// Clients send the names in any letter case (§8, row 16). Unknown fields are ignored.
const names = ['applicationSessionId', 'allowedOrigins', 'meetingUrl'];
const spelling = new Map(names.map((name) => [name.toLowerCase(), name]));

// The longest values are §1.9's; that a bad one is refused with ParameterValidationFailure is UCWA's general rule.
const schema = z
  .record(z.string(), z.unknown())
  .transform((body) =>
    Object.fromEntries(Object.entries(body).map(([name, value]) => [spelling.get(name.toLowerCase()) ?? name, value])),
  )
  .pipe(
    z.object({
      applicationSessionId: z.string().max(100).nullish(),
      allowedOrigins: z
        .string()
        .max(500)
        .refine(isOriginList, 'Not a list of origins.')
        .transform(cutToOrigins)
        .nullish(),
      meetingUrl: z.string().max(1024).refine(isMeetingUrl, 'Not the URL of a meeting.').nullish(),
    }),
  );

/**
 * The body of a token request (E4, §1.9). Every field may be absent; without a meeting it asks for a token for a chat.
 * The origins are cut to scheme and authority, and joined with `;` in the order sent.
 */
export type TokenRequest = z.infer<typeof schema>;

// The platform takes far less; where it begins to refuse is not known.
const longestBodyBytes = 64 * 1024;

/** Reads the body of E4, or finds the answer of §1.9 and §1.11 that refuses it. */
export function readTokenRequest(
  request: Request,
  behaviour: PlatformBehaviour,
): { refusal: Answer } | { tokenRequest: TokenRequest } {
  const refuse = (status: number, detail: ErrorDetail) => ({
    refusal: platformError(request, status, detail, behaviour),
  });

  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json' && type !== 'application/vnd.microsoft.com.ucwa+json') {
    return refuse(415, { message: 'The media type is not supported.' });
  }
  if (Buffer.byteLength(request.body) > longestBodyBytes) return refuse(413, { message: 'The body is too large.' });

  const body = schema.safeParse(parseJson(request.body));
  if (!body.success) {
    const { issues } = body.error;
    if (issues.some(({ code }) => code === 'invalid_type')) {
      return refuse(400, { subcode: 'DeserializationFailure', message: 'The body could not be read.' });
    }
    const parameters = Object.fromEntries(issues.map(({ path, message }) => [path.join('.'), message]));
    return refuse(400, { subcode: 'ParameterValidationFailure', message: 'A parameter is not valid.', parameters });
  }
  if (behaviour.unknownMeetings.includes(body.data.meetingUrl ?? '')) {
    return refuse(404, { subcode: 'DestinationNotFound', message: 'There is no such meeting.' });
  }
  return { tokenRequest: body.data };
}

function isMeetingUrl(text: string): boolean {
  return readMeeting(text) !== undefined;
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
