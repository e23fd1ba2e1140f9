import { parseHostRule } from '../../lib/hostRules.ts';
import { HttpTransport } from '../../lib/net/transport.ts';
import { discoverOpenly } from '../../lib/platforms/ucwa/check.ts';
import { findConference } from '../../lib/platforms/ucwa/conferences.ts';
import { TicketFailure } from '../../lib/platforms/ucwa/failure.ts';
import { beginSearch, type SearchOptions } from '../../lib/platforms/ucwa/search.ts';
import { findServers } from '../../lib/platforms/ucwa/servers.ts';
import { requestTicket, type Grant } from '../../lib/platforms/ucwa/webTicket.ts';
import type { Environment } from '../../lib/settings.ts';
import { parseLoopbackUrl } from '../../lib/settings/readers.ts';
import type { Asked } from './commandLine.ts';
import { shownTransport } from './shownTransport.ts';

interface Surroundings {
  readonly environment: Environment;
  readonly print: (line: string) => void;
}

/**
 * Does what was asked for, and prints each request and what came of it. Throws the failure of the step that fails.
 * @param approved hosts that a person has allowed redirects to lead to.
 */
export async function tryDeployment(
  asked: Asked,
  approved: readonly string[],
  { environment, print }: Surroundings,
): Promise<void> {
  const { command, grantKind } = asked;
  const search = searchWithoutGrant(asked, approved, { environment, print });

  if (command === 'discover') {
    // Nothing is recorded of a step: its requests are printed as they are made.
    const found = await discoverOpenly(beginSearch({ ...search, grant: { kind: grantKind } }), (_, work) => work());
    print(`\nUser resource:  ${found.userUrl.href}\nToken endpoint: ${found.tokenEndpoint.href}`);
    print('\nResult: discovery works.');
    return;
  }

  const grant = await grantOf(asked, { environment, print }, search);
  const { tokenEndpoint, applicationsUrl } = await findServers(beginSearch({ ...search, grant }));
  print(`\nToken endpoint: ${tokenEndpoint.href}\nApplications:   ${applicationsUrl.href}`);
  const ask = async (by: Grant): Promise<string> => {
    const request = { endpoint: tokenEndpoint, grant: by, now: Date.now };
    const { token, expiresAt } = await requestTicket(search.send, request, search.signal);
    print(`Ticket of ${token.length} characters, good until ${expiresAt.toISOString()}`);
    return token;
  };
  if (command === 'renew' && grant.kind === 'anonmeeting') {
    await ask({ ...grant, renew: environment['UCWA_TOKEN'] ?? (await ask(grant)) });
    print('\nResult: renewal works; the guest keeps the identity.');
  } else {
    await ask(grant);
    const isRenewal = command === 'renew' ? ' A signed-in ticket is not renewed but asked for again.' : '';
    print(`\nResult: the server gives tickets.${isRenewal}`);
  }
}

function searchWithoutGrant(
  { domain, hosts, internalFirst, http }: Asked,
  approved: readonly string[],
  { environment, print }: Surroundings,
): Omit<SearchOptions<Grant>, 'grant'> {
  const development = parseLoopbackUrl(`http://${environment['DEVELOPMENT_CONNECT_TO'] ?? ''}`);
  const connectTo = development && { host: development.hostname, port: Number(development.port) };
  const own = [domain, ...approved].flatMap((host) => parseHostRule(host) ?? []);
  return {
    domain,
    signal: AbortSignal.timeout(60_000),
    now: Date.now,
    send: shownTransport(new HttpTransport({ connectTo }).send, print),
    trust: { hosts: [...own, ...hosts], trustedDomains: [], approvedHosts: new Map([[domain, approved]]) },
    tiers: internalFirst ? 'internal-first' : 'external',
    httpFirstHop: http,
  };
}

async function grantOf(
  { grantKind, meetingUrl, user }: Asked,
  { environment, print }: Surroundings,
  { send, domain, signal }: Pick<SearchOptions<Grant>, 'send' | 'domain' | 'signal'>,
): Promise<Grant> {
  if (grantKind === 'password') {
    const password = environment['UCWA_PASSWORD'] ?? '';
    if (!user || !password) throw new TicketFailure('credentials_missing', 0);
    return { kind: grantKind, username: user, password };
  }
  if (grantKind !== 'anonmeeting') return { kind: grantKind };
  const conference = meetingUrl && (await findConference(meetingUrl, { send, domain, signal }));
  if (!conference) throw new Error('The meeting URL does not name its conference; see what it answers.');
  print(`Conference: ${conference.uri}`);
  return { kind: grantKind, conferenceUri: conference.uri, conferenceKey: conference.key };
}
