import { createEntraTokens, type EntraTokens } from '../../azure/entraToken.ts';
import type { ReadSecret } from '../../azure/vault.ts';
import { isHostAllowed } from '../../hostRules.ts';
import type { Transport } from '../../net/transport.ts';
import { createUpstream } from '../../net/upstream.ts';
import type { TrustedApplicationSettings } from '../../settings/trustedApplication.ts';
import { step } from '../../telemetry.ts';
import { canonicalUrl } from '../meetingLinks.ts';
import type { Join, MeetingPlatform, PlatformGuest } from '../platform.ts';
import { checkWalk } from './check.ts';
import { createServiceClient } from './client.ts';
import { createDiscovery } from './discovery.ts';
import { requestMeeting } from './meetings.ts';
import { asPlatformProblem } from './refusals.ts';
import { probeJoin } from './probeJoin.ts';
import { requestToken } from './tokens.ts';
import { walk } from './discover.ts';

export interface TrustedApplicationOptions {
  settings: TrustedApplicationSettings;
  development: boolean;
  readSecret: ReadSecret;
  transport: Transport;
  now?: () => number;
}

const walkTimeoutMs = 10_000;

/** The Skype for Business Trusted Application API behind the port. */
export function createTrustedApplication(options: TrustedApplicationOptions): MeetingPlatform {
  const { settings, development, readSecret, transport, now = Date.now } = options;
  const { discoverUrl, endpointId, hosts, meetingHosts, entra, audience } = settings;
  const upstream = createUpstream({ transport });
  const newTokens = () => createEntraTokens({ entra, audience, readSecret, settings: { development }, now });
  const tokens = newTokens();
  const clientOver = (send: Transport) => createServiceClient({ send, tokens, hosts });
  const client = clientOver(upstream.send);
  const meetingOptions = { client: clientOver(upstream.sendAtMostOnce), meetingHosts };
  const discovery = createDiscovery({
    walk: () =>
      step('discovery', () =>
        walk({ discoverUrl, endpointId, hosts, client }, AbortSignal.timeout(walkTimeoutMs), (_, work) => work()),
      ),
    now,
  });

  const asProblems = <T>(work: () => Promise<T>): Promise<T> =>
    step('platform', work).catch((error: unknown) => {
      throw asPlatformProblem(error);
    });
  const token = (guest: PlatformGuest, signal: AbortSignal): Promise<Join> =>
    asProblems(() => requestToken({ discovery, client, hosts, now }, guest, signal));
  // With credentials of its own, so that a check sees Entra and the vault as they are now.
  const probeAs = (fresh: EntraTokens) => createServiceClient({ send: upstream.probe, tokens: fresh, hosts });

  return {
    name: 'trusted-application',
    identity: 'none',
    longestTokenLifeSeconds: 28_800,
    readLink: (meetingUrl) =>
      isHostAllowed(meetingUrl, meetingHosts) ? { meetingKey: canonicalUrl(meetingUrl) } : undefined,
    issue: token,
    reissue: (guest, _identity, signal) => token(guest, signal),
    createMeeting: (meeting, _requestId, signal) =>
      asProblems(() => requestMeeting({ discovery, ...meetingOptions }, meeting, signal)),
    check: (signal) =>
      checkWalk({
        tokens: newTokens(),
        walk: (fresh, observe) => walk({ discoverUrl, endpointId, hosts, client: probeAs(fresh) }, signal, observe),
      }),
    probeJoin: (guest, signal) =>
      probeJoin({ settings, client: probeAs(newTokens()), send: upstream.probe, now }, guest, signal),
  };
}
