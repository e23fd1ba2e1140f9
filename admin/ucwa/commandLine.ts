import { parseArgs } from 'node:util';
import { parseHostRule, parseHttpsUrl, type HostRule } from '../../lib/hostRules.ts';
import { parseSipDomain } from '../../lib/platforms/ucwa/conferenceUri.ts';
import type { Grant } from '../../lib/platforms/ucwa/webTicket.ts';

export const usage = `Usage: npm run ucwa -- COMMAND --domain SIP-DOMAIN [options]
  discover                     root, user and challenge of a SIP domain
  token --meeting URL          an anonymous ticket for a meeting
  token --grant password --user NAME   a signed-in ticket (password in UCWA_PASSWORD); also --grant windows, passive
  renew --meeting URL          renews the anonymous ticket in UCWA_TOKEN, or gets one and renews it
Options:
  --hosts LIST      hosts that may be called besides the SIP domain, comma-separated
  --internal-first  ask LyncDiscoverInternal first
  --http            allow the plain http first hop`;

const commands = ['discover', 'token', 'renew'] as const;
const grantKinds = ['anonmeeting', 'password', 'windows', 'passive'] as const;

/** What an administrator asked for. */
export interface Asked {
  readonly command: (typeof commands)[number];
  readonly domain: string;
  readonly grantKind: Grant['kind'];
  /** Of an anonymous ticket. */
  readonly meetingUrl: URL | undefined;
  readonly user: string;
  readonly hosts: readonly HostRule[];
  readonly internalFirst: boolean;
  readonly http: boolean;
}

/** Undefined if it makes no sense. */
export function readCommandLine(args: readonly string[]): Asked | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        domain: { type: 'string', default: '' },
        meeting: { type: 'string', default: '' },
        grant: { type: 'string', default: 'anonmeeting' },
        user: { type: 'string', default: '' },
        hosts: { type: 'string', default: '' },
        'internal-first': { type: 'boolean', default: false },
        http: { type: 'boolean', default: false },
      },
    });
    const command = commands.find((known) => known === positionals[0]);
    const grantKind = grantKinds.find((known) => known === values.grant);
    const domain = parseSipDomain(values.domain);
    const meetingUrl = parseHttpsUrl(values.meeting);
    const entries = values.hosts.split(',').filter((entry) => entry !== '');
    const hosts = entries.flatMap((entry) => parseHostRule(entry.trim()) ?? []);
    if (!command || !grantKind || !domain || positionals.length > 1 || hosts.length < entries.length) return undefined;
    if (command !== 'discover' && grantKind === 'anonmeeting' && !meetingUrl) return undefined;
    const { user, http, 'internal-first': internalFirst } = values;
    return { command, domain, grantKind, meetingUrl, user, hosts, internalFirst, http };
  } catch {
    return undefined;
  }
}
