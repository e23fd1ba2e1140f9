import { resolveLink, type HostRule } from '../../hostRules.ts';
import type { ServiceClient } from './client.ts';
import { unusableAnswer } from '../refusals.ts';
import { notRegistered, refuseFailedAnswer } from './refusals.ts';
import { linkOf, parseResource } from './wire.ts';

/** What the walk found; the links are the only URLs of the platform that the service knows. */
export interface Discovered {
  /** Where anonymous tokens are asked for; undefined if the application was not granted the capability. */
  readonly anonApplicationTokens: URL | undefined;
}

export interface WalkOptions {
  discoverUrl: URL;
  endpointId: string;
  hosts: readonly HostRule[];
  client: ServiceClient;
}

/** Names of the three requests of a walk, in their order. */
export type WalkStep = 'discover' | 'applications' | 'application';

/** Runs one request of the walk; a health check times and records it. */
export type WalkObserver = <T>(step: WalkStep, work: () => Promise<T>) => Promise<T>;

/**
 * Discover → applications?endpointId → application (§1.6–1.8). `self` links are never followed. Throws `platform-refused`
 * for 403 and 404: not registered, not consented or the wrong endpoint, whatever the subcode (§1.11).
 */
export async function walk(options: WalkOptions, signal: AbortSignal, observe: WalkObserver): Promise<Discovered> {
  const { discoverUrl, endpointId, hosts, client } = options;
  const get = (url: URL) => async (): Promise<(rel: string) => URL | undefined> => {
    const answer = await client({ method: 'GET', url }, signal);
    refuseFailedAnswer(answer);
    if (answer.status === 403 || answer.status === 404) throw notRegistered();
    const resource = answer.status >= 200 && answer.status < 300 ? parseResource(answer.body) : undefined;
    if (!resource) throw unusableAnswer();
    return (rel) => {
      const href = linkOf(resource, rel);
      if (href === undefined) return undefined;
      // Relative to the request as it was sent; a link that leaves the platform's hosts is a lie, not an absent link.
      const target = resolveLink(href, url, hosts);
      if (!target) throw unusableAnswer();
      return target;
    };
  };

  const applicationsUrl = await observe('discover', async () => {
    const link = await get(discoverUrl)();
    return requireLink(link('applications'));
  });
  // Appended: searchParams.set() would re-encode what the server put into its link.
  applicationsUrl.search += `${applicationsUrl.search === '' ? '' : '&'}endpointId=${encodeURIComponent(endpointId)}`;
  const found = await observe('applications', async () => {
    const link = await get(applicationsUrl)();
    // The documents' flow pages let this answer already hold the capability (§8, row 3).
    return link('anonApplicationTokens') ?? { applicationUrl: requireLink(link('application')) };
  });
  if (found instanceof URL) return { anonApplicationTokens: found };
  return observe('application', async () => {
    const link = await get(found.applicationUrl)();
    return { anonApplicationTokens: link('anonApplicationTokens') };
  });
}

function requireLink(link: URL | undefined): URL {
  if (!link) throw unusableAnswer();
  return link;
}
