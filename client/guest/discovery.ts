import { GuestFailure } from './failure.ts';
import type { GuestToken } from './guestToken.ts';
import { propertyOf, textOf } from './body.ts';
import { linkOf } from './resource.ts';
import { secureUrl } from './secureUrl.ts';
import type { PlatformHttp } from './platformHttp.ts';

/** Where a guest enters the platform. */
export interface Discovery {
  /** Where applications are created. Its origin is the only one that sees the token. */
  readonly applicationsUrl: string;
  readonly conferenceUri: string;
  /** Whether the client names the endpoint: on premises; elsewhere the token does. */
  readonly namesEndpoint: boolean;
}

/**
 * On premises the service has found the discovery already. The Trusted Application platform tells it to whom has the discover
 * URL, with the meeting that the token is for, and is not shown the token itself (§6.1 of its protocol document).
 */
export async function discover(
  { applicationsUrl, conferenceUri, discoverUrl }: GuestToken,
  http: PlatformHttp,
  signal: AbortSignal,
): Promise<Discovery> {
  if (applicationsUrl !== undefined) {
    return { applicationsUrl, conferenceUri: known(conferenceUri), namesEndpoint: true };
  }
  if (discoverUrl === undefined) throw new GuestFailure('unusable-answer');
  const { resource } = await http.send({ operation: 'discover', method: 'GET', url: discoverUrl }, signal);
  const link = linkOf(resource, 'anonApplications');
  const url = link === undefined ? undefined : secureUrl(link, discoverUrl);
  if (!url) throw new GuestFailure('unusable-answer');
  return {
    applicationsUrl: url.href,
    conferenceUri: known(textOf(propertyOf(resource, 'conferenceId')) ?? conferenceUri),
    namesEndpoint: false,
  };
}

/** Without it the guest would join a new meeting of its own (§3.2). */
function known(conferenceUri: string | undefined): string {
  if (conferenceUri === undefined) throw new GuestFailure('unusable-answer');
  return conferenceUri;
}
