import { isHostAllowed, parseAllowedUrl, parseHostRule, parseHttpsUrl, resolveLink } from '../../lib/hostRules.ts';

const rules = ['lync.example', 'pool.contoso.example:8443'].map((text) => {
  const rule = parseHostRule(text);
  if (!rule) throw new Error(text);
  return rule;
});

describe('a host rule', () => {
  test.each([
    ['lync.com', { host: 'lync.com', port: '' }],
    ['LYNC.com', { host: 'lync.com', port: '' }],
    ['lync.com:443', { host: 'lync.com', port: '' }],
    ['pool-1.contoso.com:8443', { host: 'pool-1.contoso.com', port: '8443' }],
    ['localhost:1', { host: 'localhost', port: '1' }],
    ['xn--bcher-kva.example', { host: 'xn--bcher-kva.example', port: '' }],
  ])('may be %s', (text, rule) => {
    expect(parseHostRule(text)).toEqual(rule);
  });

  test.each([
    ...['', '.', 'lync.com.', '.lync.com', '*.lync.com', 'lync..com', '-lync.com', 'lync-.com', 'ly_nc.com'],
    ...['https://lync.com', 'lync.com/', 'lync.com:', 'lync.com:0', 'lync.com:65536', 'lync.com:0443', 'a@lync.com'],
    ...['127.0.0.1', '2130706433', '[::1]', '::1', 'bücher.example', 'lync.com ', `${'a'.repeat(64)}.com`],
    `${'a.'.repeat(127)}com`,
  ])('may not be %j', (text) => {
    expect(parseHostRule(text)).toBeUndefined();
  });

  test.each([
    ['https://lync.example/', true],
    ['https://meet.lync.example/', true],
    ['https://evil-lync.example/', false],
    ['https://evillync.example/', false],
    ['https://lync.example.evil.example/', false],
    ['https://lync.example:444/', false],
    ['https://pool.contoso.example:8443/', true],
    ['https://web.pool.contoso.example:8443/', true],
    ['https://pool.contoso.example/', false],
    ['https://example/', false],
  ])('covers %s at a label and on its port: %s', (url, allowed) => {
    expect(isHostAllowed(new URL(url), rules)).toBe(allowed);
  });
});

describe('a URL from outside', () => {
  test.each([
    ['https://meet.lync.example/a/b?c=d#e', 'https://meet.lync.example/a/b?c=d#e'],
    ['HTTPS://MEET.Lync.Example:443/A', 'https://meet.lync.example/A'],
    ['https://meet.lync.example', 'https://meet.lync.example/'],
    ['https://meet.lync.example?a', 'https://meet.lync.example/?a'],
    ['https://meet.lync.example:8443/%2F..b/.c/d./%2ea', 'https://meet.lync.example:8443/%2F..b/.c/d./%2ea'],
    ['https://meet.lync.example/a?b=https://x@y/../z', 'https://meet.lync.example/a?b=https://x@y/../z'],
  ])('may be %s', (raw, href) => {
    expect(parseHttpsUrl(raw)?.href).toBe(href);
  });

  test.each([
    ['another scheme', 'http://meet.lync.example/'],
    ['a SIP URI', 'sip:a@meet.lync.example'],
    ['no scheme', '//meet.lync.example/'],
    ['one slash', 'https:/meet.lync.example/'],
    ['three slashes', 'https:///meet.lync.example/'],
    ['no host', 'https://'],
    ['a backslash for a slash', 'https:\\\\meet.lync.example\\'],
    ['a backslash before an @', 'https://evil.example\\@meet.lync.example/'],
    ['a user', 'https://user@meet.lync.example/'],
    ['a user and password', 'https://a:b@meet.lync.example/'],
    ['an empty user', 'https://@meet.lync.example/'],
    ['a tab', 'https://meet.lync\t.example/'],
    ['a line break', 'https://meet.lync.example/\n'],
    ['a leading space', ' https://meet.lync.example/'],
    ['a NUL', 'https://meet.lync.example/\0'],
    ['an encoded dot in the host', 'https://meet%2elync.example/'],
    ['an encoded slash in the host', 'https://meet.lync.example%2f.evil.example/'],
    ['an ideographic full stop', 'https://meet。lync.example/'],
    ['a full-width letter', 'https://ｍeet.lync.example/'],
    ['a soft hyphen', 'https://meet.ly\u00adnc.example/'],
    ['a trailing dot', 'https://meet.lync.example./'],
    ['an empty label', 'https://meet..lync.example/'],
    ['an empty port', 'https://meet.lync.example:/'],
    ['a port with a zero in front', 'https://meet.lync.example:0443/'],
    ['a port beyond all', 'https://meet.lync.example:65536/'],
    ['an IPv4 address', 'https://127.0.0.1/'],
    ['an IPv4 address with a port', 'https://127.0.0.1:8443/'],
    ['a decimal address', 'https://2130706433/'],
    ['a hexadecimal address', 'https://0x7f000001/'],
    ['a hexadecimal part', 'https://0x7f.0.0.1/'],
    ['an octal address', 'https://0177.0.0.1/'],
    ['a short address', 'https://127.1/'],
    ['an IPv6 address', 'https://[::1]/'],
    ['an IPv4 address in an IPv6 address', 'https://[::ffff:127.0.0.1]/'],
    ['a dot segment', 'https://meet.lync.example/a/../b'],
    ['a dot segment at the end', 'https://meet.lync.example/a/..'],
    ['a single dot', 'https://meet.lync.example/./a'],
    ['an encoded dot segment', 'https://meet.lync.example/a/%2e%2E/b'],
    ['a half-encoded dot segment', 'https://meet.lync.example/.%2e'],
    ['a non-ASCII path', 'https://meet.lync.example/é'],
    ['half a surrogate pair', 'https://meet.lync.example/\ud800'],
    ['this machine', 'https://localhost/'],
    ['this machine in another spelling', 'https://api.LocalHost:8443/'],
    ['nothing', ''],
  ])('may not have %s', (_, raw) => {
    expect(parseHttpsUrl(raw)).toBeUndefined();
  });

  test('is used only within the rules', () => {
    expect(parseAllowedUrl('https://meet.lync.example/', rules)?.host).toBe('meet.lync.example');
    expect(parseAllowedUrl('https://evil-lync.example/', rules)).toBeUndefined();
    expect(parseAllowedUrl('http://meet.lync.example/', rules)).toBeUndefined();
  });
});

describe('a link in an answer', () => {
  const base = new URL('https://ring.lync.example/v1/applications?x=y');

  test.each([
    ['/v1/applications/1?endpointId=sip:a@b', 'https://ring.lync.example/v1/applications/1?endpointId=sip:a@b'],
    ['1/tokens', 'https://ring.lync.example/v1/1/tokens'],
    ['../../a', 'https://ring.lync.example/a'],
    ['//pool.lync.example/a', 'https://pool.lync.example/a'],
    ['https://pool.lync.example/a', 'https://pool.lync.example/a'],
  ])('may be %s', (href, resolved) => {
    expect(resolveLink(href, base, rules)?.href).toBe(resolved);
  });

  test.each([
    ...['//evil.example/a', 'https://evil-lync.example/a', 'http://ring.lync.example/a', '/\\evil.example/a'],
    ...[
      'https://user@ring.lync.example/',
      'javascript:alert(1)',
      '/a b',
      '/é',
      '//ring.lync.example:444/',
      '//[::1',
      '',
    ],
  ])('may not be %j', (href) => {
    expect(resolveLink(href, base, rules)).toBeUndefined();
  });
});
