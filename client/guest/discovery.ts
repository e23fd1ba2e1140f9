import { GuestFailure } from './failure.ts';
import { secureUrl, type GuestToken } from './guestToken.ts';
import type { PlatformHttp } from './platformHttp.ts';
import { linkOf, propertyOf, textOf } from './resource.ts';

/** Where a guest creates its application, and in which meeting. */
export interface Discovery {
  /** Where applications are created. Only its origin gets the token. */
  readonly applicationsUrl: string;
  readonly conferenceUri: string;
  /** Whether the client chooses the id of the endpoint: on premises; elsewhere the token names it. */
  readonly choosesEndpointId: boolean;
}

/**
 * On premises the service has done the discovery. The Trusted Application platform answers everybody who has the discover URL,
 * which names the meeting of the token, and does not get the token itself (docs/protocol/trusted-application-api.md §6.1).
 */
export async function discover(
  { applicationsUrl, conferenceUri, discoverUrl }: GuestToken,
  http: PlatformHttp,
  signal: AbortSignal,
): Promise<Discovery> {
  if (applicationsUrl !== undefined) {
    return { applicationsUrl, conferenceUri: required(conferenceUri), choosesEndpointId: true };
  }
  const url = required(discoverUrl);
  const { resource } = await http.send({ operation: 'discover', method: 'GET', url }, signal);
  return {
    applicationsUrl: required(secureUrl(required(linkOf(resource, 'anonApplications')), url)).href,
    // Without it the guest would join a new meeting of its own (docs/protocol/ucwa.md §3.2).
    conferenceUri: required(textOf(propertyOf(resource, 'conferenceId')) ?? conferenceUri),
    choosesEndpointId: false,
  };
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new GuestFailure('unusable-answer');
  return value;
}
