import * as z from 'zod';
import type { HostRule } from '../hostRules.ts';
import { everyEntry, hostList } from './readers.ts';

/** UCWA on premises (docs/protocol/ucwa.md §1, §7). */
export interface UcwaSettings {
  /** SIP domain of the organizers, by the host of their meeting URLs. */
  readonly meetingHosts: ReadonlyMap<string, string>;
  readonly trust: UcwaTrust;
  /** `external` leaves the internal tier out, as applications for anonymous join usually do. */
  readonly tiers: 'external' | 'internal-first';
  /** Whether a tier may be asked over plain http when https fails; it only learns a redirect to https. */
  readonly httpFirstHop: boolean;
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

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const dnsName = `(?:${label}\\.)+${label}`;
const pair = new RegExp(`^(${dnsName})=(${dnsName})$`);

const pairs = (complaint: string): z.ZodType<readonly (readonly [string, string])[], string> =>
  everyEntry((text) => {
    const [, left, right] = pair.exec(text.toLowerCase()) ?? [];
    return left && right ? ([left, right] as const) : undefined;
  }, complaint);

/** The settings of UCWA, by the names that an administrator writes. */
export const ucwaSchema = z.object({
  UCWA_MEETING_HOSTS: pairs('must be pairs meeting-host=SIP-domain, separated by commas'),
  UCWA_HOSTS: hostList.optional(),
  UCWA_DISCOVERY: z.enum(['external', 'internal-first'], 'must be external or internal-first').default('external'),
  UCWA_HTTP_FIRST_HOP: z.enum(['on', 'off'], 'must be on or off').default('off'),
  UCWA_TRUSTED_DOMAINS: hostList.optional(),
  UCWA_APPROVED_HOSTS: pairs('must be pairs SIP-domain=host, separated by commas').optional(),
});

/** Their typed form. The SIP domains themselves are always among the hosts. */
export function ucwaSettings(given: z.output<typeof ucwaSchema>): UcwaSettings {
  const meetingHosts = new Map(given.UCWA_MEETING_HOSTS);
  const approved = given.UCWA_APPROVED_HOSTS ?? [];
  const trustedDomains = given.UCWA_TRUSTED_DOMAINS ?? [];
  const ownHosts = [
    ...new Set([...meetingHosts.values(), ...meetingHosts.keys(), ...approved.map(([, host]) => host)]),
  ];
  return {
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
  };
}
