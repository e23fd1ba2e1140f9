import { platformHosts } from '../hostNames.ts';
import type { Request } from '../http/exchange.ts';
import type { Guest } from '../meetings/guest.ts';
import type { PlatformBehaviour } from './behaviour.ts';
import type { Resource } from './dialect.ts';

/** Where guests create their applications (G2). */
export const guestApplicationsPath = '/ucwa/psanon/v1/applications';

const partnerApplications = 'ms:rtc:saas:applications';

/** G1 (§6.1): where the guest goes on, and the conference that its token is for. */
export function guestDiscoverResource(
  request: Request,
  { conferenceUri }: Guest,
  { namespace }: PlatformBehaviour,
): Resource {
  const anonApplications = `https://${platformHosts.homePool}${guestApplicationsPath}`;
  const applications = `https://${platformHosts.ring}/platformservice/v1/applications`;
  const bare = `https://${platformHosts.homePool}/ucwa/v1/applications`;
  // Partners see more, one link with and without prefix; the public form is minimal.
  const more = {
    self: `https://${request.host}:4443/platformservice/discover${decoded(request.query)}`,
    [partnerApplications]: applications,
    myApplications: bare,
    applications: bare,
  };
  return {
    rel: 'discover',
    links: { ...(namespace === 'ms:rtc:saas:' && more), anonApplications },
    bare: [partnerApplications, 'applications'],
    // The property's real name was never captured.
    ...(conferenceUri !== undefined && { properties: { conferenceId: conferenceUri } }),
  };
}

function decoded(query: string): string {
  return query.replaceAll('%253d', '%3d');
}
