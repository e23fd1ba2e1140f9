import { createEntraTokens } from '../../azure/entraToken.ts';
import type { ReadSecret } from '../../azure/vault.ts';
import { isHostAllowed } from '../../hostRules.ts';
import type { Transport } from '../../net/transport.ts';
import { createUpstream } from '../../net/upstream.ts';
import type { TrustedApplicationSettings } from '../../settings/trustedApplication.ts';
import { step } from '../../telemetry.ts';
import type { Join, MeetingPlatform, PlatformGuest } from '../platform.ts';
import { checkWalk } from './check.ts';
import { createServiceClient } from './client.ts';
import { createDiscovery } from './discovery.ts';
import { asPlatformProblem } from './refusals.ts';
import { requestToken } from './tokens.ts';
import { walk } from './walk.ts';

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
  const entraTokens = () => createEntraTokens({ entra, audience, readSecret, settings: { development }, now });
  const clientOver = (send: Transport) => createServiceClient({ send, tokens: entraTokens(), hosts });
  const client = clientOver(upstream.send);
  const discovery = createDiscovery({
    walk: () =>
      step('discovery', () =>
        walk({ discoverUrl, endpointId, hosts, client }, AbortSignal.timeout(walkTimeoutMs), (_, work) => work()),
      ),
    now,
  });

  const token = (guest: PlatformGuest, signal: AbortSignal): Promise<Join> =>
    step('platform', () => requestToken({ discovery, client, hosts, now }, guest, signal)).catch((error: unknown) => {
      throw asPlatformProblem(error);
    });

  return {
    name: 'trusted-application',
    keepsIdentity: 'by-session-id',
    longestTokenLifeSeconds: 28_800,
    accepts: (meetingUrl) => isHostAllowed(meetingUrl, meetingHosts),
    issue: token,
    reissue: (guest, _identity, signal) => token(guest, signal),
    // Credentials of its own, so that the check sees Entra and the vault as they are now.
    check: (signal) =>
      checkWalk({
        tokens: entraTokens(),
        walk: (tokens, observe) =>
          walk(
            { discoverUrl, endpointId, hosts, client: createServiceClient({ send: upstream.probe, tokens, hosts }) },
            signal,
            observe,
          ),
      }),
  };
}
