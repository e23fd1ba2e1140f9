import fc from 'fast-check';
import { anyText, longText, spoiled, type Flaw } from './badText.ts';

const good = 'https://hooks.example/workflows/1/triggers';
const notAllowed = (values: fc.Arbitrary<string>): fc.Arbitrary<Flaw> =>
  values.map((value) => ({ value, codes: value.length > 2_048 ? ['invalid-request'] : ['callback-not-allowed'] }));

/** Where nothing is ever posted to: other schemes, hosts, ports and spellings. */
export const badCallbackUrl: fc.Arbitrary<Flaw> = notAllowed(
  fc.oneof(
    anyText(),
    spoiled(good),
    longText(good, 2_048),
    fc
      .webUrl({ validSchemes: ['http', 'https', 'ftp', 'wss'] })
      .filter((url) => !/^https:\/\/([^/]+\.)?hooks\.example(\/|$)/i.test(url)),
    fc
      .tuple(
        fc.constantFrom('https://', 'http://'),
        fc.oneof(
          fc.ipV4(),
          fc.ipV6().map((address) => `[${address}]`),
          fc.ipV4().map((address) => `[::ffff:${address}]`),
          fc.nat(0xffff_ffff).map(String),
        ),
      )
      .map(([scheme, address]) => `${scheme}${address}/a`),
    fc
      .integer({ min: 1, max: 65_535 })
      .filter((port) => port !== 443)
      .map((port) => `https://hooks.example:${port}/a`),
    fc.domain().map((host) => `https://hooks.example@${host}/a`),
    fc.domain().map((host) => `https://${host}\\@hooks.example/a`),
    fc.domain().map((host) => `https://${host}/?https://hooks.example/a`),
    fc.constantFrom('.', '%2e', '..', '%2E.').map((segment) => `https://hooks.example/a/${segment}/b`),
  ),
);
