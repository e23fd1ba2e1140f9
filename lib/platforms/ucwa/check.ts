import type { ReadSecret } from '../../azure/vault.ts';
import type { Transport } from '../../net/transport.ts';
import type { HealthStep } from '../platform.ts';
import { recordSteps, type Observe } from '../recordSteps.ts';
import { beginSearch, findUser, type AutodiscoveryOptions } from './autodiscovery.ts';
import { asUcwaProblem } from './refusals.ts';
import { askOpenly, findServers } from './servers.ts';
import type { UcwaSettings } from './settings.ts';
import { tokenEndpointOf } from './tokenEndpoint.ts';
import type { Grant } from './webTicket.ts';

/** What discovery without credentials found of a SIP domain. */
export interface OpenDiscovery {
  readonly userUrl: URL;
  readonly tokenEndpoint: URL;
}

/** The steps that need neither credentials nor a meeting: root, user, and the challenge with the grant. */
export async function discoverOpenly(
  options: AutodiscoveryOptions,
  { domain, grant }: { readonly domain: string; readonly grant: Pick<Grant, 'kind'> },
  observe: Observe,
  signal: AbortSignal,
): Promise<OpenDiscovery> {
  const search = beginSearch(domain);
  const userUrl = await observe('root', () => findUser(options, search, signal));
  const answer = await observe('user', () => askOpenly(options, search, userUrl, signal));
  const tokenEndpoint = await observe('challenge', () =>
    Promise.resolve().then(() => tokenEndpointOf(answer, userUrl, domain, grant, options.trust)),
  );
  return { userUrl, tokenEndpoint };
}

export interface CheckOptions {
  readonly settings: UcwaSettings;
  /** Past retries and breakers. */
  readonly send: Transport;
  readonly readSecret: ReadSecret;
  readonly now: () => number;
}

/** The steps of a SIP domain; and, where it has the configured account, the account's sign-in up to the applications link. */
export async function runCheck(
  { settings, send, readSecret, now }: CheckOptions,
  domain: string,
  observe: Observe,
  signal: AbortSignal,
): Promise<void> {
  const options = { ...settings, send };
  await discoverOpenly(options, { domain, grant: { kind: 'anonmeeting' } }, observe, signal);
  const account = settings.checkAccount;
  if (account?.domain !== domain) return;
  await observe('sign-in', async () => {
    const { value: password } = await readSecret(account.secretName);
    const grant = { kind: 'password', username: account.username, password } as const;
    await findServers(options, domain, grant, { now }, signal);
  });
}

/** Every configured SIP domain, each with its steps as far as they came. */
export async function checkSteps(options: CheckOptions, signal: AbortSignal): Promise<HealthStep[]> {
  const steps = await Promise.all(
    domainsOf(options.settings).map((domain) =>
      recordSteps(
        (observe) => runCheck(options, domain, (name, work) => observe(`${domain}/${name}`, work), signal),
        asUcwaProblem,
      ),
    ),
  );
  return steps.flat();
}

export function domainsOf({ meetingHosts }: UcwaSettings): string[] {
  return [...new Set(meetingHosts.values())];
}
