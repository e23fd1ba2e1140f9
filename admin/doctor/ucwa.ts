import type { ReadSecret } from '../../lib/azure/vault.ts';
import { UpstreamFailure, type Transport } from '../../lib/net/transport.ts';
import { beginSearch, DiscoveryFailure, findUser } from '../../lib/platforms/ucwa/autodiscovery.ts';
import { askOpenly, findServers } from '../../lib/platforms/ucwa/servers.ts';
import { TicketFailure } from '../../lib/platforms/ucwa/ticketFailure.ts';
import { ChallengeFailure, tokenEndpointOf } from '../../lib/platforms/ucwa/tokenEndpoint.ts';
import type { Grant } from '../../lib/platforms/ucwa/webTicket.ts';
import type { UcwaSettings } from '../../lib/settings/ucwa.ts';
import { adviceOn } from '../ucwaAdvice.ts';
import type { Advice, Examination } from './examination.ts';

export interface UcwaOptions {
  readonly settings: UcwaSettings;
  readonly transport: Transport;
  readonly readSecret: ReadSecret;
  /** False: it could not be read, which has been said. */
  readonly hasPassword: boolean;
  readonly now: () => number;
}

/** Every SIP domain as the service's own health check walks it, and the sign-in of the account where there is one. */
export async function checkUcwa(examination: Examination, options: UcwaOptions): Promise<void> {
  for (const domain of new Set(options.settings.meetingHosts.values())) await checkDomain(examination, options, domain);
}

async function checkDomain(examination: Examination, options: UcwaOptions, domain: string): Promise<void> {
  const { settings, transport, readSecret, hasPassword, now } = options;
  const discovery = { ...settings, send: transport };
  const search = beginSearch(domain);
  const signal = AbortSignal.timeout(30_000);
  const step = <T>(name: string, work: () => Promise<T>, grant: Grant['kind'] = 'anonmeeting') =>
    examination.run(`ucwa/${domain}/${name}`, work, {
      explain: (error) => explain(error, grant, { domain, settings }),
    });

  const user = await step('root', () => findUser(discovery, search, signal));
  if (!user) return;
  const { value: url } = user;
  const answer = await step('user', () => askOpenly(discovery, search, url, signal));
  if (!answer) return;
  const endpoint = await step('challenge', () =>
    Promise.resolve().then(() => tokenEndpointOf(answer.value, url, domain, { kind: 'anonmeeting' }, settings.trust)),
  );
  const account = settings.checkAccount;
  if (!endpoint || account?.domain !== domain || !hasPassword) return;
  const { value: password } = await readSecret(account.secretName);
  const grant = { kind: 'password', username: account.username, password } as const;
  await step('sign-in', () => findServers(discovery, domain, grant, { now }, signal), 'password');
}

function explain(
  error: unknown,
  grant: Grant['kind'],
  { domain, settings }: { domain: string; settings: UcwaSettings },
): Advice | undefined {
  const isKnown =
    error instanceof DiscoveryFailure || error instanceof ChallengeFailure || error instanceof UpstreamFailure;
  // Where a browser would sign in is the server's to say, and nothing for a report.
  const failure = error instanceof TicketFailure ? new TicketFailure(error.code, error.status) : error;
  if (!isKnown && !(error instanceof TicketFailure)) return undefined;
  const { verdict, fix } = adviceOn(failure, grant);
  const options = [
    ...(settings.tiers === 'internal-first' ? [' --internal-first'] : []),
    ...(settings.httpFirstHop ? [' --http'] : []),
  ];
  return {
    reason: `${verdict}.`,
    nextStep: `${fix} Each hop shows with: npm run ucwa -- discover --domain ${domain}${options.join('')}`,
  };
}
