import { CachedValue } from '../../cachedValue.ts';
import { resolveLink } from '../../hostRules.ts';
import { untilAborted } from '../../net/untilAborted.ts';
import { AnswerFailure } from '../failures.ts';
import type { Observe } from '../recordSteps.ts';
import { callService, type ServiceClient } from './client.ts';
import { asPlatformProblem, refuseFailedAnswer, TrustedApplicationFailure } from './failure.ts';
import { linkOf, parseResource } from './wire.ts';

/** What discovery found; the links are the only URLs of the platform that the service knows. */
export interface Discovered {
  /** Where anonymous tokens are asked for; undefined if the application was not granted the capability. */
  readonly anonApplicationTokens: URL | undefined;
  /** Where meetings are created, likewise. */
  readonly adhocMeetings: URL | undefined;
}

/** Where discovery begins, and for which endpoint. */
export interface DiscoverOptions {
  readonly discoverUrl: URL;
  readonly endpointId: string;
  readonly client: ServiceClient;
}

/**
 * Discover → applications?endpointId → application (docs/protocol/trusted-application-api.md §1.6–1.8). An answer's own `self`
 * is never followed. Throws `not-registered` for 403 and 404: not registered, not consented or the wrong endpoint, whatever
 * the subcode (§1.11 there).
 */
export async function discover(
  options: DiscoverOptions,
  signal: AbortSignal,
  observe: Observe = (_, work) => work(),
): Promise<Discovered> {
  const { discoverUrl, endpointId, client } = options;
  const get = async (url: URL): Promise<Links> => {
    const answer = await callService(client, { method: 'GET', url }, signal);
    refuseFailedAnswer(answer);
    if (answer.status === 403 || answer.status === 404) throw new TrustedApplicationFailure('not-registered');
    const resource = answer.status >= 200 && answer.status < 300 ? parseResource(answer.body) : undefined;
    if (!resource) throw new AnswerFailure('unusable');
    return (rel) => {
      const href = linkOf(resource, rel);
      // Relative to the request as it was sent; a link that leaves the platform's hosts is a lie, not an absent link.
      return href === undefined ? undefined : (resolveLink(href, url, client.hosts) ?? 'outside');
    };
  };

  const applicationsUrl = await observe('discover', async () => requireLink((await get(discoverUrl))('applications')));
  // Appended: searchParams.set() would re-encode what the server put into its link.
  applicationsUrl.search += `${applicationsUrl.search === '' ? '' : '&'}endpointId=${encodeURIComponent(endpointId)}`;
  const found = await observe('applications', async () => {
    const link = await get(applicationsUrl);
    // The documents' flow pages let this answer already hold the capability (docs/protocol/trusted-application-api.md §8, row 3).
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

interface DiscoveryOptions {
  /** One whole discovery, on a time-out of its own: it serves more requests than the one that began it. */
  readonly discover: () => Promise<Discovered>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const goodForMs = 60 * 60_000;
const renewAtMostEveryMs = 30_000;

/** The cached result of discovery. It is good for an hour; while a new one fails, the last good result stays in use. */
export class Discovery {
  readonly #cached: CachedValue<Discovered>;
  readonly #now: () => number;

  constructor({ discover, now }: DiscoveryOptions) {
    this.#now = now;
    this.#cached = new CachedValue({
      load: discover,
      isFresh: (_, ageMs) => ageMs < goodForMs,
      isUsable: () => true,
      minIntervalMs: renewAtMostEveryMs,
      now,
    });
  }

  /** What is known while it is good; one discovery serves all who wait. */
  async get(signal: AbortSignal): Promise<Discovered> {
    const { known } = this.#cached;
    return untilAborted(this.#cached.get(), signal).catch((error: unknown) => {
      if (known) return known;
      throw error;
    });
  }

  /**
   * Says that `used` failed in a way that a move of the platform explains. Answers what a new discovery found, or undefined
   * if there was one less than 30 s ago or if it failed: then `used` stays the best that is known. Throws if the platform
   * refused: what it says of the application explains the failure better than the failure itself.
   */
  async renew(used: Discovered, signal: AbortSignal): Promise<Discovered | undefined> {
    const { known, isLoading, beganAt } = this.#cached;
    if (known && known !== used) return known;
    if (!isLoading && this.#now() - beganAt < renewAtMostEveryMs) return undefined;
    return untilAborted(this.#cached.reload(), signal).catch((error: unknown) => {
      if (asPlatformProblem(error).code === 'platform-refused') throw error;
      return undefined;
    });
  }
}
