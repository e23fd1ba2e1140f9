import * as z from 'zod';
import { parseHostRule, type HostRule } from '../../hostRules.ts';
import { everyEntry, hostList, parsed, vaultName } from '../../settings/readers.ts';

/** UCWA on premises (docs/protocol/ucwa.md §1, §7). */
export interface UcwaSettings {
  /** SIP domain of the organizers, by the host of their meeting URLs. */
  readonly meetingHosts: ReadonlyMap<string, string>;
  readonly trust: UcwaTrust;
  /** `external` leaves the internal tier out, as applications for anonymous join usually do. */
  readonly tiers: 'external' | 'internal-first';
  /** Whether a tier may be asked over plain http when https fails; it only learns a redirect to https. */
  readonly httpFirstHop: boolean;
  /** Signs in at each health check, so that one domain is checked beyond its challenge; undefined: nobody does. */
  readonly checkAccount:
    | { readonly username: string; readonly domain: string; readonly secretName: string }
    | undefined;
}

/** Where a SIP domain's servers may be. */
export interface UcwaTrust {
  /** Every URL of the platform stays within these, whatever else it passes. */
  readonly hosts: readonly HostRule[];
  /** The security check's global list of trusted domains. */
  readonly trustedDomains: readonly HostRule[];
  /** The security check's approved hosts: exact names, each list for one SIP domain. */
  readonly approvedHosts: ReadonlyMap<string, readonly string[]>;
}

/** A DNS name of several labels, in lower-case; undefined for an address, a port or a bare name. */
function parseDnsName(text: string): string | undefined {
  const { host, port } = parseHostRule(text) ?? {};
  return host?.includes('.') && port === '' ? host : undefined;
}

const pairs = (complaint: string): z.ZodType<readonly (readonly [string, string])[], string> =>
  everyEntry((text) => {
    const [left, right, ...more] = text.split('=').map(parseDnsName);
    return left && right && more.length === 0 ? ([left, right] as const) : undefined;
  }, complaint);

const namesTwice = (list: readonly (readonly [string, string])[]): boolean =>
  new Set(list.map(([host]) => host)).size < list.length;

/** The settings of UCWA, by the names that an administrator writes. */
export const ucwaSchema = z.object({
  UCWA_MEETING_HOSTS: pairs('must be pairs meeting-host=SIP-domain, separated by commas').refine(
    (hosts) => !namesTwice(hosts),
    'must name each meeting host once',
  ),
  UCWA_HOSTS: hostList.optional(),
  UCWA_DISCOVERY: z.enum(['external', 'internal-first'], 'must be external or internal-first').default('external'),
  UCWA_HTTP_FIRST_HOP: z.enum(['on', 'off'], 'must be on or off').default('off'),
  UCWA_TRUSTED_DOMAINS: hostList.optional(),
  UCWA_APPROVED_HOSTS: pairs('must be pairs SIP-domain=host, separated by commas').optional(),
  UCWA_CHECK_ACCOUNT: parsed(parseAccount, 'must be a sign-in address such as probe@contoso.com').optional(),
  UCWA_CHECK_SECRET_NAME: vaultName.optional(),
});

function parseAccount(text: string): { username: string; domain: string } | undefined {
  const [, domain] = /^[\w.+-]{1,64}@([^@]+)$/.exec(text) ?? [];
  const parsedDomain = domain && parseDnsName(domain);
  return parsedDomain ? { username: text, domain: parsedDomain } : undefined;
}

/** Their typed form, and what is wrong between them. The SIP domains themselves are always among the hosts. */
export function ucwaSettings(given: z.output<typeof ucwaSchema>): { settings: UcwaSettings; mistakes: string[] } {
  const { UCWA_CHECK_ACCOUNT: account, UCWA_CHECK_SECRET_NAME: secretName } = given;
  const meetingHosts = new Map(given.UCWA_MEETING_HOSTS);
  const approved = given.UCWA_APPROVED_HOSTS ?? [];
  const trustedDomains = given.UCWA_TRUSTED_DOMAINS ?? [];
  const ownHosts = [
    ...new Set([...meetingHosts.values(), ...meetingHosts.keys(), ...approved.map(([, host]) => host)]),
  ];
  const settings = {
    meetingHosts,
    tiers: given.UCWA_DISCOVERY,
    httpFirstHop: given.UCWA_HTTP_FIRST_HOP === 'on',
    trust: {
      hosts: [...ownHosts.map((host) => ({ host, port: '' })), ...trustedDomains, ...(given.UCWA_HOSTS ?? [])],
      trustedDomains,
      approvedHosts: new Map(
        approved.map(([domain]) => [domain, approved.filter(([of]) => of === domain).map(([, host]) => host)]),
      ),
    },
    checkAccount: account && secretName ? { ...account, secretName } : undefined,
  };
  const mistakes = [
    ...(Boolean(account) === Boolean(secretName)
      ? []
      : ['UCWA_CHECK_ACCOUNT and UCWA_CHECK_SECRET_NAME belong together']),
    ...(!account || [...meetingHosts.values()].includes(account.domain)
      ? []
      : ['UCWA_CHECK_ACCOUNT is not of a SIP domain in UCWA_MEETING_HOSTS']),
  ];
  return { settings, mistakes };
}
