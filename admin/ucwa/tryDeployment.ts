import { parseHostRule } from '../../lib/hostRules.ts';
import { createTransport } from '../../lib/net/transport.ts';
import type { AutodiscoveryOptions } from '../../lib/platforms/ucwa/autodiscovery.ts';
import { discoverOpenly } from '../../lib/platforms/ucwa/check.ts';
import { findConference } from '../../lib/platforms/ucwa/meetingPage.ts';
import { findServers } from '../../lib/platforms/ucwa/servers.ts';
import { TicketFailure } from '../../lib/platforms/ucwa/ticketFailure.ts';
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
  const { command, domain, grantKind } = asked;
  const signal = AbortSignal.timeout(60_000);
  const discovery = discoveryOptions(asked, approved, { environment, print });

  if (command === 'discover') {
    const target = { domain, grant: { kind: grantKind } };
    // Nothing is recorded of a step: its requests are printed as they are made.
    const found = await discoverOpenly(discovery, target, (_, work) => work(), signal);
    print(`\nUser resource:  ${found.userUrl.href}\nToken endpoint: ${found.tokenEndpoint.href}`);
    print('\nResult: discovery works.');
    return;
  }

  const grant = await grantOf(asked, { environment, print, send: discovery.send }, signal);
  const { tokenEndpoint, applicationsUrl } = await findServers(discovery, domain, grant, { now: Date.now }, signal);
  print(`\nToken endpoint: ${tokenEndpoint.href}\nApplications:   ${applicationsUrl.href}`);
  const ask = async (by: Grant): Promise<string> => {
    const request = { endpoint: tokenEndpoint, grant: by, now: Date.now };
    const { token, expiresAt } = await requestTicket(discovery.send, request, signal);
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

function discoveryOptions(
  { domain, hosts, internalFirst, http }: Asked,
  approved: readonly string[],
  { environment, print }: Surroundings,
): AutodiscoveryOptions {
  const development = parseLoopbackUrl(`http://${environment['DEVELOPMENT_CONNECT_TO'] ?? ''}`);
  const connectTo = development && { host: development.hostname, port: Number(development.port) };
  const own = [domain, ...approved].flatMap((host) => parseHostRule(host) ?? []);
  return {
    send: shownTransport(createTransport({ connectTo }), print),
    trust: { hosts: [...own, ...hosts], trustedDomains: [], approvedHosts: new Map([[domain, approved]]) },
    tiers: internalFirst ? 'internal-first' : 'external',
    httpFirstHop: http,
  };
}

async function grantOf(
  { grantKind, meetingUrl, domain, user }: Asked,
  { environment, print, send }: Surroundings & Pick<AutodiscoveryOptions, 'send'>,
  signal: AbortSignal,
): Promise<Grant> {
  if (grantKind === 'password') {
    const password = environment['UCWA_PASSWORD'] ?? '';
    if (!user || !password) throw new TicketFailure('credentials_missing', 0);
    return { kind: grantKind, username: user, password };
  }
  if (grantKind !== 'anonmeeting') return { kind: grantKind };
  const conference = meetingUrl && (await findConference(send, meetingUrl, domain, signal));
  if (!conference) throw new Error('The meeting URL does not name its conference; see what it answers.');
  print(`Conference: ${conference.uri}`);
  return { kind: grantKind, conferenceUri: conference.uri, conferenceKey: conference.key };
}
