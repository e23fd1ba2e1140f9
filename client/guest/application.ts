import type { Discovery } from './discovery.ts';
import { GuestFailure } from './failure.ts';
import { embeddedOf, linkOf } from './resource.ts';
import { secureUrl } from './secureUrl.ts';
import type { PlatformHttp } from './platformHttp.ts';

/** Who the guest is to the platform. */
export interface GuestDetails {
  readonly displayName: string;
  readonly culture: string;
  readonly userAgent: string;
}

/** A guest's application on the platform. */
export interface Application {
  readonly url: string;
  readonly eventsUrl: string;
  readonly joinUrl: string;
  /** Where a link leads; throws if it is none, or leads where the token must not go. */
  readonly resolve: (href: string | undefined) => string;
}

/** Creates an application (docs/protocol/ucwa.md §3.1; §6.2 of the other document). */
export async function createApplication(
  { applicationsUrl, namesEndpoint }: Discovery,
  { displayName, culture, userAgent }: GuestDetails,
  http: PlatformHttp,
  token: () => string,
  signal: AbortSignal,
): Promise<Application> {
  const body = namesEndpoint
    ? // One that runs already is somebody else's, be it this guest before the connection was lost.
      { culture, endpointId: crypto.randomUUID(), userAgent }
    : { anonymousDisplayName: displayName, culture, userAgent };
  const request = { operation: 'applications', method: 'POST', url: applicationsUrl, token, body } as const;
  const { resource } = await http.send(request, signal);
  const resolve = linksWithin(applicationsUrl);
  return {
    url: resolve(linkOf(resource, 'self')),
    eventsUrl: resolve(linkOf(resource, 'events')),
    joinUrl: resolve(linkOf(embeddedOf(resource, 'communication'), 'joinOnlineMeeting')),
    resolve,
  };
}

/** A token is for the server that it was made for, and for no other (§2.8). */
function linksWithin(base: string): (href: string | undefined) => string {
  const { origin } = new URL(base);
  return (href) => {
    const url = href === undefined ? undefined : secureUrl(href, base);
    if (url?.origin !== origin) throw new GuestFailure('unusable-answer');
    return url.href;
  };
}
