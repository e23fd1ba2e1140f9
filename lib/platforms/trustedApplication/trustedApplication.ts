import { EntraTokens } from '../../azure/entraToken.ts';
import type { Transport } from '../../net/transport.ts';
import { createUpstream } from '../../net/upstream.ts';
import type { TrustedApplicationSettings } from './settings.ts';
import { step } from '../../telemetry.ts';
import type { AdapterOptions, PlatformAdapter } from '../descriptor.ts';
import type { Join, PlatformGuest } from '../platform.ts';
import { checkSteps } from './check.ts';
import { createServiceClient } from './client.ts';
import { Discovery } from './discovery.ts';
import { requestMeeting } from './meetings.ts';
import { asPlatformProblem } from './failure.ts';
import { probeJoin } from './probeJoin.ts';
import { requestToken } from './tokens.ts';
import { discover } from './discover.ts';

export interface TrustedApplicationOptions extends AdapterOptions {
  readonly settings: TrustedApplicationSettings;
}

const discoverTimeoutMs = 10_000;

/** The Skype for Business Trusted Application API behind the port. */
export function createTrustedApplication(options: TrustedApplicationOptions): PlatformAdapter {
  const { settings, development, readSecret, transport, now } = options;
  const { discoverUrl, endpointId, hosts, meetingHosts, entra, audience } = settings;
  const upstream = createUpstream({ transport });
  const newTokens = () => new EntraTokens({ entra, audience, readSecret, development, now });
  const tokens = newTokens();
  const clientOver = (send: Transport) => createServiceClient({ send, tokens, hosts });
  const client = clientOver(upstream.send);
  const meetingOptions = { client: clientOver(upstream.sendAtMostOnce), meetingHosts };
  const discovery = new Discovery({
    discover: () =>
      step('discovery', () =>
        discover({ discoverUrl, endpointId, hosts, client }, AbortSignal.timeout(discoverTimeoutMs), (_, work) =>
          work(),
        ),
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
    issue: token,
    reissue: (guest, _identity, signal) => token(guest, signal),
    createMeeting: (meeting, _requestId, signal) =>
      asProblems(() => requestMeeting({ discovery, ...meetingOptions }, meeting, signal)),
    check: (signal) =>
      checkSteps({
        tokens: newTokens(),
        discover: (fresh, observe) =>
          discover({ discoverUrl, endpointId, hosts, client: probeAs(fresh) }, signal, observe),
      }),
    probeJoin: (guest, signal) =>
      probeJoin({ settings, client: probeAs(newTokens()), send: upstream.probe, now }, guest, signal),
  };
}
