import type { EntraTokens } from '../../lib/azure/entraToken.ts';
import type { Transport } from '../../lib/net/transport.ts';
import { createServiceClient } from '../../lib/platforms/trustedApplication/client.ts';
import { walk } from '../../lib/platforms/trustedApplication/discover.ts';
import type { TrustedApplicationSettings } from '../../lib/settings/trustedApplication.ts';
import { discoveryAdvice, type LastRequest } from './discoveryAdvice.ts';
import { failing, passed, warning, type Examination } from './examination.ts';
import { grantGuestJoin, grantOnDemandMeetings } from './permissions.ts';

export interface DiscoveryOptions {
  readonly application: TrustedApplicationSettings;
  readonly tokens: EntraTokens;
  readonly transport: Transport;
}

/** The platform's discovery as the service walks it, without retries, and what the application may do there. */
export async function checkTrustedApplication(examination: Examination, options: DiscoveryOptions): Promise<void> {
  const { application, tokens, transport } = options;
  const { discoverUrl, endpointId, hosts, entra } = application;
  let last: LastRequest = { host: discoverUrl.host, status: undefined };
  const send: Transport = async (request, signal) => {
    last = { host: request.url.host, status: undefined };
    const answer = await transport(request, signal);
    last = { ...last, status: answer.status };
    return answer;
  };
  const client = createServiceClient({ send, tokens, hosts });
  const discovered = await walk(
    { discoverUrl, endpointId, hosts, client },
    AbortSignal.timeout(20_000),
    async (name, work) => {
      const found = await examination.run(`trusted-application/${name}`, work, {
        explain: (error) => discoveryAdvice(error, last, application),
      });
      if (!found) throw new WalkEnded();
      return found.value;
    },
  ).catch((error: unknown) => {
    if (error instanceof WalkEnded) return undefined;
    throw error;
  });
  if (!discovered) return;
  examination.note(
    'trusted-application/guest-join',
    discovered.anonApplicationTokens
      ? passed
      : failing(
          'The application may not get tokens for guests: its resource has no anonApplicationTokens.',
          grantGuestJoin(entra),
        ),
  );
  examination.note(
    'trusted-application/on-demand-meetings',
    discovered.adhocMeetings
      ? passed
      : warning(
          'The application may not create meetings: POST /api/v1/meetings answers 501.',
          grantOnDemandMeetings(entra),
        ),
  );
}

/** The step that failed has been recorded; the ones behind it cannot be tried. */
class WalkEnded extends Error {}
