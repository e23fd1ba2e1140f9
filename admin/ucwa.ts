/**
 * `npm run ucwa -- discover|token|renew …`: tries an on-premises deployment step by step, and says what to fix.
 * Secrets come from the environment (UCWA_PASSWORD, UCWA_TOKEN), so that they stay out of the shell's history.
 */
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { parseHostRule, parseHttpsUrl, type HostRule } from '../lib/hostRules.ts';
import { createTransport, type Transport } from '../lib/net/transport.ts';
import {
  beginSearch,
  DiscoveryFailure,
  findUser,
  type AutodiscoveryOptions,
} from '../lib/platforms/ucwa/autodiscovery.ts';
import { listOf, parseChallenges } from '../lib/platforms/ucwa/challenge.ts';
import { parseSipDomain } from '../lib/platforms/ucwa/conferenceUri.ts';
import { findConference, type Conference } from '../lib/platforms/ucwa/meetingPage.ts';
import { asUcwaProblem } from '../lib/platforms/ucwa/refusals.ts';
import { findServers } from '../lib/platforms/ucwa/servers.ts';
import { requestTicket, type Grant } from '../lib/platforms/ucwa/webTicket.ts';

const usage = `Usage: npm run ucwa -- COMMAND --domain SIP-DOMAIN [options]
  discover                     root, user and challenge of a SIP domain
  token --meeting URL          an anonymous ticket for a meeting
  token --grant password --user NAME   a signed-in ticket (password in UCWA_PASSWORD); also --grant windows, passive
  renew --meeting URL          renews the anonymous ticket in UCWA_TOKEN, or gets one and renews it
Options:
  --hosts LIST      hosts that may be called besides the SIP domain, comma-separated
  --internal-first  ask LyncDiscoverInternal first
  --http            allow the plain http first hop`;

const grantKinds = ['anonmeeting', 'password', 'windows', 'passive'] as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    domain: { type: 'string' },
    meeting: { type: 'string' },
    grant: { type: 'string', default: 'anonmeeting' },
    user: { type: 'string' },
    hosts: { type: 'string', default: '' },
    'internal-first': { type: 'boolean', default: false },
    http: { type: 'boolean', default: false },
  },
});

const command = positionals[0];
const domain = parseSipDomain(values.domain ?? '');
if (!domain || (command !== 'discover' && command !== 'token' && command !== 'renew')) {
  console.error(usage);
  process.exit(2);
}

const signal = AbortSignal.timeout(60_000);
const connectTo = /^127\.0\.0\.1:(\d+)$/.exec(process.env['DEVELOPMENT_CONNECT_TO'] ?? '')?.[1];
const transport = createTransport(connectTo ? { connectTo: { host: '127.0.0.1', port: Number(connectTo) } } : {});
const discovery: AutodiscoveryOptions = {
  send: shown(transport),
  trust: { hosts: [...hostRules(domain), ...hostRules(values.hosts)], trustedDomains: [], approvedHosts: new Map() },
  tiers: values['internal-first'] ? 'internal-first' : 'external',
  httpFirstHop: values.http,
  approve: askWhetherToFollow,
};

try {
  if (command === 'discover') await discover(domain);
  else await ticket(domain, command);
} catch (error) {
  const problem = asUcwaProblem(error);
  console.error(`\nVerdict: ${problem.code}${problem.reason ? ` (${problem.reason})` : ''}. ${problem.message}`);
  if (error instanceof DiscoveryFailure) {
    for (const { url, status, failure } of error.hops) console.error(`  ${url} ${status ?? ''} ${failure ?? 'led on'}`);
    if (error.blockedHost)
      console.error(`  blocked: ${error.blockedHost}; if it is yours, add it to UCWA_APPROVED_HOSTS`);
  } else {
    console.error(`  ${String(error)}`);
  }
  process.exitCode = 1;
}

async function discover(sipDomain: string): Promise<void> {
  const userUrl = await findUser(discovery, beginSearch(sipDomain), signal);
  console.log(`\nUser resource: ${userUrl.href}`);
  const answer = await discovery.send({ method: 'GET', url: userUrl, headers: { accept: 'application/json' } }, signal);
  for (const challenge of parseChallenges(answer.headers['www-authenticate'] ?? '')) {
    console.log(`  challenge ${challenge.scheme}: ${[...challenge.parameters.keys()].join(', ')}`);
    const grants = listOf(challenge, 'grant_type');
    if (grants) console.log(`  grants offered: ${grants.join(', ')}`);
  }
  console.log('\nVerdict: discovery works.');
}

async function ticket(sipDomain: string, what: 'token' | 'renew'): Promise<void> {
  const grant = await grantOf(sipDomain);
  const { tokenEndpoint, applicationsUrl } = await findServers(discovery, sipDomain, grant, { now: Date.now }, signal);
  console.log(`\nToken endpoint: ${tokenEndpoint.href}\nApplications:   ${applicationsUrl.href}`);
  const ask = async (asked: Grant): Promise<string> => {
    const { token, expiresAt } = await requestTicket(
      discovery.send,
      { endpoint: tokenEndpoint, grant: asked, now: Date.now },
      signal,
    );
    console.log(`Ticket ${token.slice(0, 12)}… (${token.length} characters), until ${expiresAt.toISOString()}`);
    return token;
  };
  if (what === 'renew' && grant.kind === 'anonmeeting') {
    await ask({ ...grant, renew: process.env['UCWA_TOKEN'] ?? (await ask(grant)) });
    console.log('\nVerdict: renewal works; the guest keeps the identity.');
  } else {
    await ask(grant);
    console.log('\nVerdict: the server gives tickets.');
  }
}

async function grantOf(sipDomain: string): Promise<Grant> {
  const kind = grantKinds.find((known) => known === values.grant);
  if (kind === 'password') return { kind, username: values.user ?? '', password: process.env['UCWA_PASSWORD'] ?? '' };
  if (kind === 'windows' || kind === 'passive') return { kind };
  const { uri, key } = await conferenceOf(sipDomain);
  return { kind: 'anonmeeting', conferenceUri: uri, conferenceKey: key };
}

async function conferenceOf(sipDomain: string): Promise<Conference> {
  const url = parseHttpsUrl(values.meeting ?? '');
  const conference = url && (await findConference(discovery.send, url, sipDomain, signal));
  if (!conference) throw new Error('name the https URL of a meeting with --meeting');
  console.log(`Conference: ${conference.uri}`);
  return conference;
}

function hostRules(list: string): HostRule[] {
  return list.split(',').flatMap((entry) => parseHostRule(entry.trim()) ?? []);
}

/** Prints each request as it is made; never its body. */
function shown(send: Transport): Transport {
  return async (request, until) => {
    const startedAt = performance.now();
    const done = (what: string): void => {
      console.log(
        `  ${request.method} ${request.url.origin}${request.url.pathname} → ${what}, ${Math.round(performance.now() - startedAt)} ms`,
      );
    };
    try {
      const answer = await send(request, until);
      done(String(answer.status));
      return answer;
    } catch (error) {
      done(String(error));
      throw error;
    }
  };
}

async function askWhetherToFollow(host: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`The redirect leads to ${host}, which is not trusted. Follow it? [y/N] `);
  terminal.close();
  return /^y(?:es)?$/i.test(answer.trim());
}
