import { resolveLink, type HostRule } from '../../hostRules.ts';
import type { ServiceClient } from './client.ts';
import { AnswerFailure } from '../failures.ts';
import { TrustedApplicationFailure, refuseFailedAnswer } from './failure.ts';
import { linkOf, parseResource } from './wire.ts';

/** What discovery found; the links are the only URLs of the platform that the service knows. */
export interface Discovered {
  /** Where anonymous tokens are asked for; undefined if the application was not granted the capability. */
  readonly anonApplicationTokens: URL | undefined;
  /** Where meetings are created, likewise. */
  readonly adhocMeetings: URL | undefined;
}

export interface DiscoverOptions {
  discoverUrl: URL;
  endpointId: string;
  hosts: readonly HostRule[];
  client: ServiceClient;
}

/** The three requests of discovery, in their order. */
export type DiscoverStep = 'discover' | 'applications' | 'application';

/** Runs one request of discovery; a health check times and records it. */
export type DiscoverObserver = <T>(step: DiscoverStep, work: () => Promise<T>) => Promise<T>;

/**
 * Discover → applications?endpointId → application (§1.6–1.8). An answer's own `self` is never followed. Throws `platform-refused`
 * for 403 and 404: not registered, not consented or the wrong endpoint, whatever the subcode (§1.11).
 */
export async function discover(
  options: DiscoverOptions,
  signal: AbortSignal,
  observe: DiscoverObserver,
): Promise<Discovered> {
  const { discoverUrl, endpointId, hosts, client } = options;
  const get = async (url: URL): Promise<Links> => {
    const answer = await client({ method: 'GET', url }, signal);
    refuseFailedAnswer(answer);
    if (answer.status === 403 || answer.status === 404) throw new TrustedApplicationFailure('not-registered');
    const resource = answer.status >= 200 && answer.status < 300 ? parseResource(answer.body) : undefined;
    if (!resource) throw new AnswerFailure('unusable');
    return (rel) => {
      const href = linkOf(resource, rel);
      // Relative to the request as it was sent; a link that leaves the platform's hosts is a lie, not an absent link.
      return href === undefined ? undefined : (resolveLink(href, url, hosts) ?? 'outside');
    };
  };

  const applicationsUrl = await observe('discover', async () => {
    const link = await get(discoverUrl);
    return requireLink(link('applications'));
  });
  // Appended: searchParams.set() would re-encode what the server put into its link.
  applicationsUrl.search += `${applicationsUrl.search === '' ? '' : '&'}endpointId=${encodeURIComponent(endpointId)}`;
  const found = await observe('applications', async () => {
    const link = await get(applicationsUrl);
    // The documents' flow pages let this answer already hold the capability (§8, row 3).
    return link('anonApplicationTokens') ? capabilitiesIn(link) : requireLink(link('application'));
  });
  if (!(found instanceof URL)) return found;
  return observe('application', async () => capabilitiesIn(await get(found)));
}

/** The links of an answer by their relation; `outside` is one that leaves the platform's hosts. */
type Links = (rel: string) => URL | 'outside' | undefined;

function capabilitiesIn(link: Links): Discovered {
  const [tokens, meetings] = [link('anonApplicationTokens'), link('adhocMeetings')];
  return {
    anonApplicationTokens: tokens && requireLink(tokens),
    // Guests do not depend on where meetings are made: a lie about that must not keep them out.
    adhocMeetings: meetings === 'outside' ? undefined : meetings,
  };
}

function requireLink(link: ReturnType<Links>): URL {
  if (link instanceof URL) return link;
  throw new AnswerFailure('unusable');
}
