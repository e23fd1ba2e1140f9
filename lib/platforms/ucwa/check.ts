import type { ReadSecret } from '../../azure/vault.ts';
import type { Transport } from '../../net/transport.ts';
import type { HealthStep, PlatformGuest } from '../platform.ts';
import { createAndEndApplication, probeGuest, recordProbeJoin } from '../probeJoin.ts';
import { recordSteps, type Observe } from '../recordSteps.ts';
import { findUser } from './autodiscovery.ts';
import { tokenEndpointOf } from './challenge.ts';
import { Conferences } from './conferences.ts';
import { asPlatformProblem, ChallengeFailure } from './failure.ts';
import { beginSearch, type Search } from './search.ts';
import { askOpenly, findServers, type Servers } from './servers.ts';
import type { UcwaSettings } from './settings.ts';
import { grantFor, requestTicket } from './webTicket.ts';

/** The steps that need neither credentials nor a meeting: root, user, and the challenge with the grant. */
export async function discoverOpenly(
  search: Search,
  observe: Observe,
): Promise<Pick<Servers, 'userUrl' | 'tokenEndpoint'>> {
  const userUrl = await observe('root', () => findUser(search));
  const answer = await observe('user', () => askOpenly(search, userUrl));
  const tokenEndpoint = await observe('challenge', () =>
    Promise.resolve().then(() => tokenEndpointOf(answer, userUrl, search)),
  );
  return { userUrl, tokenEndpoint };
}

/** What a check of the servers needs. */
interface CheckOptions {
  readonly settings: UcwaSettings;
  /** Past retries and breakers. */
  readonly send: Transport;
  readonly readSecret: ReadSecret;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** The steps of a SIP domain; and, where it has the configured account, the account's sign-in up to the applications link. */
export async function runCheck(options: CheckOptions, domain: string, observe: Observe): Promise<void> {
  const { settings, send, now, signal } = options;
  const search = { ...settings, send, now, signal, domain };
  await discoverOpenly(beginSearch({ ...search, grant: { kind: 'anonmeeting' } }), observe);
  const account = settings.checkAccount;
  if (account?.domain !== domain) return;
  await observe('sign-in', async () => {
    const { value: password } = await options.readSecret(account.secretName);
    await findServers(beginSearch({ ...search, grant: { kind: 'password', username: account.username, password } }));
  });
}

/** Every configured SIP domain, each with its steps as far as they came. */
export async function checkSteps(options: CheckOptions): Promise<HealthStep[]> {
  const steps = await Promise.all(
    domainsOf(options.settings).map((domain) =>
      recordSteps(
        (observe) => runCheck(options, domain, (name, work) => observe(`${domain}/${name}`, work)),
        asPlatformProblem,
      ),
    ),
  );
  return steps.flat();
}

/** The SIP domains that are configured, each once. */
export function domainsOf({ meetingHosts }: UcwaSettings): string[] {
  return [...new Set(meetingHosts.values())];
}

/** A ticket, and all that a guest does with it short of joining (docs/protocol/ucwa.md §3.1, §3.5). */
export function probeJoin(options: Omit<CheckOptions, 'readSecret'>, guest: PlatformGuest): Promise<HealthStep[]> {
  const { settings, send, now, signal } = options;
  return recordProbeJoin(async (observe) => {
    const conference = await observe('meeting', () =>
      new Conferences(send, settings.meetingHosts).of(guest.meetingUrl, signal),
    );
    const { domain } = conference;
    const search = beginSearch({ ...settings, send, now, signal, domain, grant: grantFor(conference), once: true });
    const { applicationsUrl, tokenEndpoint: endpoint } = await observe('discovery', () => findServers(search));
    const token = await observe('token', async () => {
      const ticket = await requestTicket(send, { ...search, endpoint }, signal);
      // It never goes to a host that did not issue it, where it would be of no use either (docs/protocol/ucwa.md §2.8).
      if (ticket.origin !== applicationsUrl.origin) throw new ChallengeFailure('endpoint-refused');
      return ticket.token;
    });
    const body = { ...probeGuest, endpointId: guest.applicationSessionId };
    await createAndEndApplication({ send, applicationsUrl, token, body }, observe, signal);
  }, asPlatformProblem);
}
