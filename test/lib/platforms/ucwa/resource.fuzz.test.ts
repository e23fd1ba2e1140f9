import fc from 'fast-check';
import { anyString } from '../../../support/anyString.ts';
import { isHostAllowed } from '../../../../lib/hostRules.ts';
import { parseDiscovery } from '../../../../lib/platforms/ucwa/resource.ts';
import { isHomedOnline, resolvePlatformLink, resolveTokenEndpoint } from '../../../../lib/platforms/ucwa/search.ts';
import { ucwaSchema, ucwaSettings } from '../../../../lib/platforms/ucwa/settings.ts';
import { generatedCases } from '../../../support/generatedCases.ts';

const names = fc.constantFrom('_links', 'redirect', 'user', 'applications', 'href', 'Root', 'User', 'Links', 'token');
const values = fc.constantFrom<unknown>('OAuth', 'Redirect', 'Ucwa', 'https://x.example/', '', 7, null, true);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    values,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(names, tie('tree'), { maxKeys: 4 }),
  ),
}));
const json = fc.oneof(
  tree.map((value) => JSON.stringify(value)),
  fc.json(),
);
const tags = fc.constantFrom(
  ...[
    '<resource>',
    '</resource>',
    '<resource',
    '<link rel="user" href="/u"/>',
    '<Link token="OAuth"',
    ' href="&amp;"/>',
  ],
  ...['<AutodiscoverResponse>', '<Root>', '<Link/>', '</Root>', '</AutodiscoverResponse>', '<![CDATA[', ']]>', '<!--'],
  ...['<?xml version="1.0"?>', '&#x0;', '&user;', '>', '"', '\uFEFF', '<__proto__>', '<constructor/>'],
);
const xml = fc.array(tags, { minLength: 1, maxLength: 12 }).map((parts) => `<${parts.join('')}`.replace('<<', '<'));

/** Reads a body; whatever comes out are links that can be looked at. */
async function read(body: string): Promise<void> {
  const { unusable, ...links } = (await parseDiscovery(body)) ?? {};
  const found: unknown[] = unusable === undefined ? Object.values(links) : [];
  if (!found.every((href) => typeof href === 'string' && href !== '')) throw new Error('not a link');
}

test.each([
  ['JSON', json, 1_000],
  ['XML', xml, 400],
  ['anything', anyString(100), 500],
])('whatever a body of %s holds, it is read without an error', async (_, bodies, perPush) => {
  await expect(fc.assert(fc.asyncProperty(bodies, read), generatedCases(perPush))).resolves.toBeUndefined();
});

const {
  settings: { trust },
} = ucwaSettings(
  ucwaSchema.parse({
    UCWA_MEETING_HOSTS: 'meet.contoso.example=contoso.example',
    UCWA_TRUSTED_DOMAINS: 'trusted.example',
    UCWA_HOSTS: 'callable.example:8443',
  }),
);
const hosts = ['contoso.example', 'trusted.example', 'callable.example:8443', 'evil.example', '10.0.0.4', '[::1]'];
const links = fc
  .array(
    fc.constantFrom(
      ...[
        'https://',
        'http://',
        'HTTPS:',
        '//',
        '/',
        '\\',
        '@',
        ':',
        '.',
        '..',
        '?',
        '#',
        '%2e',
        '%40',
        '&',
        ';',
        '\t',
      ],
      ...['a', 'lyncweb.', 'evil', 'xn--', '0x7f.1', 'ü', ' ', '\u3002', ':443', ':80', 'javascript:', ...hosts],
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

test('52, 55, 58: whatever a link says, it leads over https to an allowed host, or nowhere', () => {
  const base = new URL('https://lyncweb.contoso.example/root');
  const allowed = fc.property(links, (href) => {
    isHomedOnline(href);
    for (const url of [
      resolvePlatformLink(href, base, trust),
      resolvePlatformLink(href, new URL('http://lyncdiscover.contoso.example/'), trust),
      resolveTokenEndpoint(href, base, { domain: 'contoso.example', trust }),
    ]) {
      if (!url) continue;
      const isRight = url.protocol === 'https:' && url.username === '' && isHostAllowed(url, trust.hosts);
      if (!isRight || !/(?:^|\.)(?:contoso|trusted|callable)\.example$/.test(url.hostname)) return false;
    }
    return true;
  });
  expect(fc.check(allowed, generatedCases(2_000))).toMatchObject({ failed: false });
});
