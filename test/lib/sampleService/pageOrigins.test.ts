import fc from 'fast-check';
import { anyString } from '../../support/anyString.ts';
import { originsOfPages } from '../../../lib/sampleService/pageOrigins.ts';
import { generatedCases } from '../../support/generatedCases.ts';

const www = 'https://www.contoso.example';
const advisor = 'https://advisor.contoso.example:8443';
const local = 'http://localhost:3000';
const configured = [www, advisor, local];
const read = (text: string) => originsOfPages(text, configured);

test.each([
  ['an origin', www, [www]],
  ['a page with path, query and fragment', `${www}/join/index.html?a=1;b=2#c;d`, [www]],
  ['other letter case and the usual port', 'HTTPS://WWW.Contoso.example:443/Join', [www]],
  ['several pages', `${www}/a;${advisor}/b`, [www, advisor]],
  ['several pages of one origin', `${www}/a; ${www}/b;;${www}`, [www]],
  ['a semicolon at the end', `${www};`, [www]],
  ['a semicolon in a path', `${www}/book;step=2/next;jsessionid=17;${advisor}/x;y=https://a.example/`, [www, advisor]],
  ['a configured origin on loopback', `${local}/index.html`, [local]],
  ['others on loopback beside a page', `http://localhost/;${www}/;http://127.0.0.1:81/;https://[::1]/`, [www]],
])('%s', (_, text, origins) => {
  expect(read(text)).toEqual(origins);
});

test.each([
  'http://localhost/',
  'https://localhost',
  'http://localhost:8080/index.html',
  'http://app.localhost/',
  'http://127.0.0.1:5500/a;http://[::1]:81/',
])('%s alone leaves the choice to the settings', (text) => {
  expect(read(text)).toBeUndefined();
});

test.each([
  '',
  ';',
  ' ; ',
  'null',
  'www.contoso.example',
  'http://www.contoso.example/',
  'https://www.contoso.example.evil.example/',
  'https://www.contoso.example@evil.example/',
  'https://evil.example/#https://www.contoso.example',
  `${www}:444/`,
  `${www};evil.example`,
  `${www}/;https://evil.example/`,
  `${www}/;ftp://www.contoso.example/`,
  'http://localhost/;https://evil.example/',
  'http://localhost.evil.example/',
  'http://evil.example/localhost',
  'http://127.evil.example/',
  'http://notlocalhost/',
  'file:///android_asset/index.html',
  'javascript:alert(1)',
])('%j is not allowed', (text) => {
  expect(() => read(text)).toThrow('ALLOWED_ORIGINS');
});

test('whatever is sent, only configured origins come out', () => {
  const piece = fc.oneof(
    fc.constantFrom(www, advisor, 'http://localhost', 'https://', ';', '/', '://', '@', '%', ' ', '.localhost'),
    anyString(5),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      try {
        expect(configured).toEqual(expect.arrayContaining([...(read(pieces.join('')) ?? [])]));
      } catch (error) {
        expect(error).toMatchObject({ code: 'origin-not-allowed' });
      }
    }),
    generatedCases(300),
  );
});

test('the longest lists cost next to nothing', () => {
  const startedAt = performance.now();
  for (const unit of [';', '; ', 'a;', 'https://a/;', 'a.localhost.']) {
    expect(() => read(unit.repeat(16_384 / unit.length))).toThrow();
  }
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});
