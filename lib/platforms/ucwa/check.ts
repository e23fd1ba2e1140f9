import type { Transport } from '../../net/transport.ts';
import type { UcwaSettings } from '../../settings/ucwa.ts';
import type { HealthStep } from '../platform.ts';
import { recordSteps } from '../recordSteps.ts';
import { beginSearch, findUser } from './autodiscovery.ts';
import { asUcwaProblem } from './refusals.ts';
import { tokenEndpointOf } from './servers.ts';

/**
 * Root, user and its challenge with the anonymous grant, for every configured SIP domain: without credentials and without a
 * meeting. @param send past retries and breakers.
 */
export async function checkDomains(
  settings: UcwaSettings,
  send: Transport,
  signal: AbortSignal,
): Promise<HealthStep[]> {
  const domains = [...new Set(settings.meetingHosts.values())];
  const steps = await Promise.all(domains.map((domain) => checkDomain(settings, send, domain, signal)));
  return steps.flat();
}

function checkDomain(
  settings: UcwaSettings,
  send: Transport,
  domain: string,
  signal: AbortSignal,
): Promise<HealthStep[]> {
  return recordSteps(async (observe) => {
    const userUrl = await observe(`${domain}/root`, () => findUser({ ...settings, send }, beginSearch(domain), signal));
    const answer = await observe(`${domain}/user`, () =>
      send({ method: 'GET', url: userUrl, headers: { accept: 'application/json' } }, signal),
    );
    await observe(`${domain}/challenge`, async () =>
      Promise.resolve(tokenEndpointOf(answer, userUrl, domain, { kind: 'anonmeeting' }, settings.trust)),
    );
  }, asUcwaProblem);
}
