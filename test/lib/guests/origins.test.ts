import { admittedOrigins } from '../../../lib/guests/origins.ts';
import { Problem } from '../../../lib/problem.ts';

const www = 'https://www.contoso.example';
const advisor = 'https://advisor.contoso.example';
const local = 'http://localhost:3000';
const configured = [www, advisor, local];

const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error.code;
  }
  throw new Error('expected a problem');
};

test('a caller may ask for fewer origins than are configured, and gets each once', () => {
  expect(admittedOrigins([advisor], configured, configured)).toEqual([advisor]);
  expect(admittedOrigins([advisor, www, advisor], configured, configured)).toEqual([advisor, www]);
});

test.each([
  ['HTTPS://WWW.Contoso.Example', www],
  ['https://www.contoso.example/', www],
  ['https://www.contoso.example:443', www],
  ['http://LOCALHOST:3000/', local],
])('%s is written %s', (asked, origin) => {
  expect(admittedOrigins([asked], configured, configured)).toEqual([origin]);
});

test.each([
  ...[
    'http://www.contoso.example',
    'https://www.contoso.example:444',
    'https://www.contoso.example/page',
    'null',
    '*',
    '',
  ],
  ...[
    'https://www.contoso.example?a',
    'https://www.contoso.example#a',
    'https://user@www.contoso.example',
    'ftp://localhost',
  ],
  ...[
    'https://evil.example',
    'https://www.contoso.example.evil.example',
    'https://www.contoso.example;https://evil.example',
  ],
  ...[
    'http://localhost:99999',
    'http://localhost:65536/',
    'http://localhost',
    'https://localhost:3000',
    'https://ẃww.contoso.example',
  ],
])('%j is refused, and with it the whole list', (asked) => {
  expect(refusal(() => admittedOrigins([asked], configured, configured))).toBe('origin-not-allowed');
  expect(refusal(() => admittedOrigins([www, asked], configured, configured))).toBe('origin-not-allowed');
});

test('who asks for none gets the defaults, as far as they are still configured', () => {
  expect(admittedOrigins(undefined, [www, advisor], [advisor])).toEqual([advisor]);
  expect(refusal(() => admittedOrigins(undefined, [www], [advisor]))).toBe('origin-not-allowed');
});
