import * as z from 'zod';
import type { Answer, Request } from '../http/exchange.ts';
import { inAnyCase } from '../http/jsonBody.ts';
import type { PlatformBehaviour } from './behaviour.ts';
import { readMeeting } from './meeting.ts';
import { platformError } from './platformAnswers.ts';
import { readBody } from './requestBody.ts';

// The longest values are §1.9's.
const schema = inAnyCase({
  applicationSessionId: z.string().max(100).nullish(),
  allowedOrigins: z.string().max(500).refine(isOriginList, 'Not a list of origins.').transform(cutToOrigins).nullish(),
  meetingUrl: z.string().max(1024).refine(isMeetingUrl, 'Not the URL of a meeting.').nullish(),
});

/**
 * The body of a token request (E4, §1.9). Every field may be absent; without a meeting it asks for a token for a chat.
 * The origins are cut to scheme and authority, and joined with `;` in the order sent.
 */
export type TokenRequest = z.infer<typeof schema>;

/** Reads the body of E4, or finds the answer that refuses it. */
export function readTokenRequest(
  request: Request,
  behaviour: PlatformBehaviour,
): { refusal: Answer } | { tokenRequest: TokenRequest } {
  const read = readBody(request, schema, behaviour);
  if ('refusal' in read) return read;
  if (behaviour.unknownMeetings.includes(read.body.meetingUrl ?? '')) {
    const detail = { subcode: 'DestinationNotFound', message: 'There is no such meeting.' };
    return { refusal: platformError(request, 404, detail, behaviour) };
  }
  return { tokenRequest: read.body };
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
