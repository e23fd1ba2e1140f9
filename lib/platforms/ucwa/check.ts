import type { ReadSecret } from '../../azure/vault.ts';
import type { Transport } from '../../net/transport.ts';
import type { UcwaSettings } from '../../settings/ucwa.ts';
import type { HealthStep } from '../platform.ts';
import { recordSteps } from '../recordSteps.ts';
import { beginSearch, findUser } from './autodiscovery.ts';
import { asUcwaProblem } from './refusals.ts';
import { askOpenly, findServers } from './servers.ts';
import { tokenEndpointOf } from './tokenEndpoint.ts';

export interface CheckOptions {
  readonly settings: UcwaSettings;
  /** Past retries and breakers. */
  readonly send: Transport;
  readonly readSecret: ReadSecret;
  readonly now: () => number;
}

/**
 * Root, user and its challenge with the anonymous grant, for every configured SIP domain, without credentials and without a
 * meeting; and, where an account is configured, its sign-in up to the applications link.
 */
export async function checkDomains(options: CheckOptions, signal: AbortSignal): Promise<HealthStep[]> {
  const domains = [...new Set(options.settings.meetingHosts.values())];
  const steps = await Promise.all(domains.map((domain) => checkDomain(options, domain, signal)));
  return steps.flat();
}

function checkDomain(
  { settings, send, readSecret, now }: CheckOptions,
  domain: string,
  signal: AbortSignal,
): Promise<HealthStep[]> {
  return recordSteps(async (observe) => {
    const [options, search] = [{ ...settings, send }, beginSearch(domain)];
    const userUrl = await observe(`${domain}/root`, () => findUser(options, search, signal));
    const answer = await observe(`${domain}/user`, () => askOpenly(options, search, userUrl, signal));
    await observe(`${domain}/challenge`, async () =>
      Promise.resolve(tokenEndpointOf(answer, userUrl, domain, { kind: 'anonmeeting' }, settings.trust)),
    );
    const account = settings.checkAccount;
    if (account?.domain !== domain) return;
    await observe(`${domain}/sign-in`, async () => {
      const { value: password } = await readSecret(account.secretName);
      const grant = { kind: 'password', username: account.username, password } as const;
      await findServers(options, domain, grant, { now }, signal);
    });
  }, asUcwaProblem);
}
