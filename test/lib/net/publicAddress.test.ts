import { BlockList } from 'node:net';
import fc from 'fast-check';
import { isPublicAddress } from '../../../lib/net/publicAddress.ts';
import { generatedCases } from '../../support/generatedCases.ts';

/** IANA's IPv4 special-purpose registry, multicast, and Azure's wire server. */
const specialIpv4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;

/** The entries of IANA's IPv6 special-purpose registry inside 2000::/3; all outside of it is special or unassigned. */
const specialIpv6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
] as const;

const ipv4Block = new BlockList();
for (const [network, prefix] of specialIpv4) ipv4Block.addSubnet(network, prefix, 'ipv4');
const ipv6Block = new BlockList();
for (const [network, prefix] of specialIpv6) ipv6Block.addSubnet(network, prefix, 'ipv6');
const assignedIpv6 = new BlockList();
assignedIpv6.addSubnet('2000::', 3, 'ipv6');

const dotted = (octets: readonly number[]): string => octets.join('.');
const groups = (octets: readonly number[]): string[] =>
  octets.flatMap((octet, index) => (index % 2 === 0 ? [(octet * 256 + (octets[index + 1] ?? 0)).toString(16)] : []));
const octetsOf = (address: string): number[] => address.split('.').map(Number);

const octets = fc.array(fc.nat(255), { minLength: 4, maxLength: 4 });
/** An address of one of the blocks: the network's leading bits, anything after them. */
const inSpecialIpv4 = fc.tuple(fc.constantFrom(...specialIpv4), octets).map(([[network, prefix], rest]) =>
  octetsOf(network).map((octet, index) => {
    const free = Math.min(8, Math.max(0, 8 * (index + 1) - prefix));
    return octet + ((rest[index] ?? 0) % 2 ** free);
  }),
);
const anyIpv4 = fc.oneof(octets, inSpecialIpv4);

/** Every way to write an IPv4 address into an IPv6 one. */
const coats: Record<string, (octets: readonly number[]) => string> = {
  'mapped, dotted': (address) => `::ffff:${dotted(address)}`,
  'mapped, in hexadecimal': (address) => `::ffff:${groups(address).join(':')}`,
  'mapped, in full': (address) => `0:0:0:0:0:FFFF:${groups(address).join(':').toUpperCase()}`,
  compatible: (address) => `::${dotted(address)}`,
  translated: (address) => `::ffff:0:${dotted(address)}`,
  NAT64: (address) => `64:ff9b::${dotted(address)}`,
  'NAT64 of a network': (address) => `64:ff9b:1::${groups(address).join(':')}`,
  '6to4': (address) => `2002:${groups(address).join(':')}::1`,
  Teredo: (address) => `2001:0:808:808:0:3fff:${groups(address.map((octet) => 255 - octet)).join(':')}`,
};

describe('an address', () => {
  test.each([
    ...['8.8.8.8', '13.107.246.40', '168.63.129.15', '168.63.129.17', '100.63.255.255', '172.32.0.1'],
    ...['2603:1030::1', '2606:4700:4700::1111', '2A00:1450:4001:0:0:0:0:1', '2001:4860:4860::8888'],
  ])('is public when it is %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  test.each([
    ['unspecified', '0.0.0.0', '::'],
    ['loopback', '127.0.0.1', '::1'],
    ['private', '10.0.0.1', 'fc00::1'],
    ['private', '172.16.0.1', 'fd12:3456:789a::1'],
    ['private', '192.168.1.1', 'fec0::1'],
    ['link-local', '169.254.1.1', 'fe80::1'],
    ['the metadata service', '169.254.169.254', 'fd00:ec2::254'],
    ['Azure’s wire server', '168.63.129.16', '::ffff:168.63.129.16'],
    ['carrier-grade NAT', '100.64.0.1', '64:ff9b::6440:1'],
    ['multicast', '224.0.0.1', 'ff02::1'],
    ['broadcast', '255.255.255.255', '::ffff:255.255.255.255'],
    ['documentation', '203.0.113.1', '2001:db8::1'],
    ['documentation', '198.51.100.1', '3fff::1'],
    ['benchmarks', '198.18.0.1', '2001:2::1'],
    ['reserved or not assigned', '240.0.0.1', '4000::1'],
    ['discarded, or routed by segments', '0.1.2.3', '5f00::1'],
    ['set apart for an overlay', '192.88.99.1', '2001:20::1'],
    ['nobody’s name server', '192.175.48.1', '2620:4f:8000::1'],
  ])('is not public when it is %s: %s, %s', (_, ipv4, ipv6) => {
    expect([isPublicAddress(ipv4), isPublicAddress(ipv6)]).toEqual([false, false]);
  });

  test.each([
    ...['', 'localhost', 'example.com', '8.8.8', '8.8.8.8.8', '134744072', '0x8.8.8.8', '010.8.8.8', '8.8.8.8 '],
    ...['256.8.8.8', '2603:1030::1%eth0', '[2603:1030::1]', '2603:1030::1/64', '2603:1030', ':::'],
  ])('is not public in a form that no resolver answers with: %j', (text) => {
    expect(isPublicAddress(text)).toBe(false);
  });
});

test('every IPv4 address is public unless a registry sets it apart', () => {
  fc.assert(
    fc.property(anyIpv4, (address) => {
      expect(isPublicAddress(dotted(address))).toBe(!ipv4Block.check(dotted(address), 'ipv4'));
    }),
    generatedCases(500),
  );
});

test.each(Object.entries(coats))('no IPv4 address gets through inside an IPv6 one: %s', (_, coat) => {
  fc.assert(
    fc.property(anyIpv4, (address) => {
      expect(isPublicAddress(coat(address))).toBe(false);
    }),
    generatedCases(100),
  );
});

test('an IPv6 address is public inside 2000::/3 only, unless a registry sets it apart', () => {
  const group = fc.nat(0xffff);
  const beginnings = ['2001', '2001:db8', '2002', '2620:4f:8000', '3fff', '3fff:1000', '2603:1030', 'fe80', 'fd00'];
  const anyIpv6 = fc
    .tuple(fc.constantFrom('', ...beginnings), fc.array(group, { minLength: 8, maxLength: 8 }))
    .map(([beginning, rest]) =>
      [...beginning.split(':').filter((part) => part !== ''), ...rest.map((part) => part.toString(16))]
        .slice(0, 8)
        .join(':'),
    );
  fc.assert(
    fc.property(anyIpv6, (address) => {
      const expected = assignedIpv6.check(address, 'ipv6') && !ipv6Block.check(address, 'ipv6');
      expect(isPublicAddress(address)).toBe(expected);
    }),
    generatedCases(500),
  );
});
