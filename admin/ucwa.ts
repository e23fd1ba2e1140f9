/**
 * `npm run ucwa -- discover|token|renew …`: tries an on-premises deployment step by step, and says what to fix.
 * Secrets come from the environment (UCWA_PASSWORD, UCWA_TOKEN), so that they stay out of the shell's history; none is
 * printed. Exit code: 0 it works, 1 it does not, 2 the command is not understood.
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { parseHostRule } from '../lib/hostRules.ts';
import { HttpTransport, type Transport } from '../lib/net/transport.ts';
import { discoverOpenly } from '../lib/platforms/ucwa/check.ts';
import { findConference } from '../lib/platforms/ucwa/conferences.ts';
import { DiscoveryFailure, TicketFailure } from '../lib/platforms/ucwa/failure.ts';
import { beginSearch } from '../lib/platforms/ucwa/search.ts';
import { findServers } from '../lib/platforms/ucwa/servers.ts';
import { requestTicket, type Grant } from '../lib/platforms/ucwa/webTicket.ts';
import { parseLoopbackUrl } from '../lib/settings/readers.ts';
import { shownTransport } from './shownTransport.ts';
import { adviceOn } from '../lib/platforms/ucwa/advice.ts';
import { readCommandLine, usage, type Asked } from './ucwaCommandLine.ts';

const asked = readCommandLine(process.argv.slice(2));
if (asked) process.exitCode = (await tryUntilTrusted(asked)) ? 0 : 1;
else {
  console.error(usage);
  process.exitCode = 2;
}

/** Tries; after a redirect that is not trusted asks whether it is all right, and if so begins again. */
async function tryUntilTrusted(options: Asked): Promise<boolean> {
  const approved: string[] = [];
  for (;;) {
    try {
      await run(options, approved);
      return true;
    } catch (error) {
      const { verdict, fix } = adviceOn(error, options.grantKind);
      console.error(`\nVerdict: ${verdict}\n  ${fix}`);
      if (!(error instanceof DiscoveryFailure)) return false;
      for (const { url, status, failure } of error.hops) {
        console.error(`  ${url}: ${[status, failure ?? 'led on'].filter((part) => part !== undefined).join(', ')}`);
      }
      const { blockedHost } = error;
      if (blockedHost === undefined) return false;
      console.error(`  blocked: ${blockedHost}`);
      if (approved.includes(blockedHost) || !parseHostRule(blockedHost) || !(await isTrusted(blockedHost)))
        return false;
      approved.push(blockedHost);
    }
  }
}

async function run(options: Asked, approved: readonly string[]): Promise<void> {
  const { command, domain, grantKind, hosts, internalFirst, http } = options;
  const signal = AbortSignal.timeout(60_000);
  const development = parseLoopbackUrl(`http://${process.env['DEVELOPMENT_CONNECT_TO'] ?? ''}`);
  const connectTo = development && { host: development.hostname, port: Number(development.port) };
  const own = [domain, ...approved].flatMap((host) => parseHostRule(host) ?? []);
  const discovery = {
    domain,
    signal,
    now: Date.now,
    send: shownTransport(new HttpTransport({ connectTo }).send, console.log),
    trust: { hosts: [...own, ...hosts], trustedDomains: [], approvedHosts: new Map([[domain, approved]]) },
    tiers: internalFirst ? ('internal-first' as const) : ('external' as const),
    httpFirstHop: http,
  };

  if (command === 'discover') {
    const search = beginSearch({ ...discovery, grant: { kind: grantKind } });
    const { userUrl, tokenEndpoint } = await discoverOpenly(search, (_, work) => work());
    console.log(`\nUser resource:  ${userUrl.href}\nToken endpoint: ${tokenEndpoint.href}`);
    console.log('\nVerdict: discovery works.');
    return;
  }

  const grant = await grantOf(options, discovery.send, signal);
  const { tokenEndpoint, applicationsUrl } = await findServers(beginSearch({ ...discovery, grant }));
  console.log(`\nToken endpoint: ${tokenEndpoint.href}\nApplications:   ${applicationsUrl.href}`);
  const ask = async (by: Grant): Promise<string> => {
    const request = { endpoint: tokenEndpoint, grant: by, now: Date.now };
    const { token, expiresAt } = await requestTicket(discovery.send, request, signal);
    console.log(`Ticket of ${token.length} characters, good until ${expiresAt.toISOString()}`);
    return token;
  };
  if (command === 'renew' && grant.kind === 'anonmeeting') {
    await ask({ ...grant, renew: process.env['UCWA_TOKEN'] ?? (await ask(grant)) });
    console.log('\nVerdict: renewal works; the guest keeps the identity.');
  } else {
    await ask(grant);
    const isRenewal = command === 'renew' ? ' A signed-in ticket is not renewed but asked for again.' : '';
    console.log(`\nVerdict: the server gives tickets.${isRenewal}`);
  }
}

async function grantOf(
  { grantKind, meetingUrl, domain, user }: Asked,
  send: Transport,
  signal: AbortSignal,
): Promise<Grant> {
  if (grantKind === 'password') {
    const password = process.env['UCWA_PASSWORD'] ?? '';
    if (!user || !password) throw new TicketFailure('credentials_missing', 0);
    return { kind: grantKind, username: user, password };
  }
  if (grantKind !== 'anonmeeting') return { kind: grantKind };
  const conference = meetingUrl && (await findConference(meetingUrl, { send, domain, signal }));
  if (!conference) throw new Error('The meeting URL does not tell its conference; see what it answers.');
  console.log(`Conference: ${conference.uri}`);
  return { kind: grantKind, conferenceUri: conference.uri, conferenceKey: conference.key };
}

/** What the security check demands: a person who says yes. Nobody there means no. */
async function isTrusted(host: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const nobody = once(terminal, 'close').then(() => '');
    const question = `The redirect leads to ${host}, which is not trusted. Follow it? [y/N] `;
    const answer = await Promise.race([terminal.question(question), nobody]);
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
