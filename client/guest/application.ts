import type { Discovery } from './discovery.ts';
import { GuestFailure } from './failure.ts';
import { secureUrl } from './guestToken.ts';
import { embeddedOf, linkOf } from './resource.ts';

/** How the guest presents itself to the platform. */
export interface GuestDetails {
  readonly displayName: string;
  readonly culture: string;
  readonly userAgent: string;
}

/** A guest's application on the platform. */
interface Application {
  readonly url: string;
  readonly eventsUrl: string;
  readonly joinUrl: string;
  /** The absolute URL of a link; throws if it is no link, or one to where the token must not be sent. */
  readonly resolve: (href: string | undefined) => string;
}

/** Creates an application (docs/protocol/ucwa.md §3.1, docs/protocol/trusted-application-api.md §6.2). */
export async function createApplication(
  { applicationsUrl, choosesEndpointId }: Discovery,
  { displayName, culture, userAgent }: GuestDetails,
  post: (url: string, body: unknown) => Promise<unknown>,
): Promise<Application> {
  const resource = await post(
    applicationsUrl,
    choosesEndpointId
      ? // The id is new each time, because one that exists already belongs to another application.
        { culture, endpointId: crypto.randomUUID(), userAgent }
      : { anonymousDisplayName: displayName, culture, userAgent },
  );
  const resolve = linksWithin(applicationsUrl);
  return {
    url: resolve(linkOf(resource, 'self')),
    eventsUrl: resolve(linkOf(resource, 'events')),
    joinUrl: resolve(linkOf(embeddedOf(resource, 'communication'), 'joinOnlineMeeting')),
    resolve,
  };
}

/** A token is for the server that it was made for, and for no other (docs/protocol/ucwa.md §2.8). */
function linksWithin(base: string): (href: string | undefined) => string {
  const { origin } = new URL(base);
  return (href) => {
    const url = href === undefined ? undefined : secureUrl(href, base);
    if (url?.origin !== origin) throw new GuestFailure('unusable-answer');
    return url.href;
  };
}
