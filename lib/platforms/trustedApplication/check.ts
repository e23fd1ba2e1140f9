import { parseAllowedUrl, resolveLink } from '../../hostRules.ts';
import { AnswerFailure } from '../failures.ts';
import type { HealthStep, PlatformGuest } from '../platform.ts';
import { createAndEndApplication, guestHeaders, probeGuest, recordProbeJoin, refuseGuestAnswer } from '../probeJoin.ts';
import { recordSteps, type Observe } from '../recordSteps.ts';
import { discover, Discovery, type Discovered, type DiscoverOptions } from './discovery.ts';
import { asPlatformProblem, TrustedApplicationFailure } from './failure.ts';
import { requestToken } from './tokens.ts';
import { linkOf, parseResource } from './wire.ts';

/** The steps of the health check: credentials, the three requests of discovery, and whether anonymous tokens were granted. */
export async function runCheck(options: DiscoverOptions, observe: Observe, signal: AbortSignal): Promise<Discovered> {
  await observe('credentials', () => options.client.tokens.get());
  const discovered = await discover(options, signal, observe);
  await observe('capability', () =>
    discovered.anonApplicationTokens
      ? Promise.resolve()
      : Promise.reject(new TrustedApplicationFailure('tokens-not-granted')),
  );
  return discovered;
}

/** The steps as far as they came, each with its latency. */
export function checkSteps(options: DiscoverOptions, signal: AbortSignal): Promise<HealthStep[]> {
  return recordSteps((observe) => runCheck(options, observe, signal), asPlatformProblem);
}

/** What a probe join needs. Its client has fresh credentials, and sends past retries and breakers. */
interface ProbeJoinOptions extends DiscoverOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * A token, and all that a guest does with it short of joining (docs/protocol/trusted-application-api.md §6.1, §6.2). The
 * guest's own calls go past retries and breakers as well.
 */
export function probeJoin(options: ProbeJoinOptions, guest: PlatformGuest, signal: AbortSignal): Promise<HealthStep[]> {
  const { client, now } = options;
  const { send, hosts } = client;
  return recordProbeJoin(async (observe) => {
    const discovered = await observe('discovery', () => discover(options, signal));
    const discovery = new Discovery({ discover: () => Promise.resolve(discovered), now });
    const { token, discoverUrl } = await observe('token', () =>
      requestToken({ discovery, client, now }, guest, signal),
    );
    const applicationsUrl = await observe('guest-discover', async () => {
      const url = parseAllowedUrl(discoverUrl ?? '', hosts);
      if (!url) throw new AnswerFailure('unusable');
      // The token stands in the URL; here it never goes into a header (docs/protocol/trusted-application-api.md §6.1).
      const answer = await send({ method: 'GET', url, headers: guestHeaders }, signal);
      refuseGuestAnswer(answer);
      const resource = parseResource(answer.body);
      const found = resolveLink((resource && linkOf(resource, 'anonApplications')) ?? '', url, hosts);
      if (!found) throw new AnswerFailure('unusable');
      return found;
    });
    const body = { ...probeGuest, anonymousDisplayName: 'Health check' };
    await createAndEndApplication({ send, applicationsUrl, token, body }, observe, signal);
  }, asPlatformProblem);
}
