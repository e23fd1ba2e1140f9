import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** All of the IPv6 space that is given out for use on the Internet; the rest is special or not assigned. */
const assignedIpv6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** Azure's channel from a machine to the platform below it; it stands among public addresses and is none. */
const azureWireServer = '168.63.129.16';

/**
 * Whether a resolved address is plain global unicast: nothing in the special-purpose registries of IANA, as ipaddr.js
 * knows them, and nothing of Azure's own. An IPv4 address inside an IPv6 one (mapped, NAT64, 6to4, Teredo) is refused
 * whatever it is: a host that is on the Internet has no need of it.
 */
export function isPublicAddress(address: string): boolean {
  // ipaddr.js also reads octal, hexadecimal and short forms, and zones; no resolver answers with them.
  if (isIP(address) === 0 || address.includes('%')) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.kind() === 'ipv6' && !parsed.match(assignedIpv6)) return false;
  return parsed.range() === 'unicast' && address !== azureWireServer;
}
