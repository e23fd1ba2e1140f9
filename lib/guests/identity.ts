import { createHash, randomUUID } from 'node:crypto';

/** A UUID, or 22 to 100 URL-safe characters: enough to be unguessable, and what the platform takes (max. 100). */
export const sessionIdPattern = /^[A-Za-z0-9][A-Za-z0-9._~-]{21,99}$/;

/** What the platform takes. */
export const longestMeetingUrl = 1_024;

/** base64url of a SHA-256. */
export const guestIdPattern = /^[A-Za-z0-9_-]{43}$/;

/** A session id of our own making. */
export function newSessionId(): string {
  return randomUUID();
}

/** The guest's public name: a digest of the session id, safe in URLs, rows and logs. */
export function guestIdOf(applicationSessionId: string): string {
  return createHash('sha256').update(`guest\n${applicationSessionId}`).digest('base64url');
}
