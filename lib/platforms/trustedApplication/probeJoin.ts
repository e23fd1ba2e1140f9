import { parseAllowedUrl, resolveLink } from '../../hostRules.ts';
import type { Transport } from '../../net/transport.ts';
import type { TrustedApplicationSettings } from './settings.ts';
import type { HealthStep, PlatformGuest } from '../platform.ts';
import { createAndEndApplication, guestHeaders, recordProbeJoin, refuseGuestAnswer, probeGuest } from '../probeJoin.ts';
import { AnswerFailure } from '../failures.ts';
import type { ServiceClient } from './client.ts';
import { asPlatformProblem } from './failure.ts';
import { requestToken } from './tokens.ts';
import { discover } from './discover.ts';
import { Discovery } from './discovery.ts';
import { linkOf, parseResource } from './wire.ts';

export interface ProbeJoinOptions {
  readonly settings: Pick<TrustedApplicationSettings, 'discoverUrl' | 'endpointId' | 'hosts'>;
  /** Calls in our own name: with fresh credentials, past retries and breakers. */
  readonly client: ServiceClient;
  /** Calls as the guest, likewise. */
  readonly send: Transport;
  readonly now: () => number;
}

/** A token, and all that a guest does with it short of joining (§6.1, §6.2). */
export function probeJoin(options: ProbeJoinOptions, guest: PlatformGuest, signal: AbortSignal): Promise<HealthStep[]> {
  const { settings, client, send, now } = options;
  const { discoverUrl, endpointId, hosts } = settings;
  return recordProbeJoin(async (observe) => {
    const discovered = await observe('discovery', () =>
      discover({ discoverUrl, endpointId, hosts, client }, signal, (_, work) => work()),
    );
    const discovery = new Discovery({ discover: () => Promise.resolve(discovered), now });
    const { token, discoverUrl: guestUrl } = await observe('token', () =>
      requestToken({ discovery, client, hosts, now }, guest, signal),
    );
    const applicationsUrl = await observe('guest-discover', async () => {
      const url = parseAllowedUrl(guestUrl ?? '', hosts);
      if (!url) throw new AnswerFailure('unusable');
      // The token stands in the URL; here it never goes into a header (§6.1).
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
