import { parseConferenceUri, parseSipDomain } from '../../../../lib/platforms/ucwa/conferenceUri.ts';

const focus = 'gruu;opaque=app:conf:focus:id';
const uri = `sip:john@contoso.example;${focus}:5LB7MRBC`;

test('1: the domain is what follows the @, up to the first semicolon, in lower case', () => {
  expect(parseConferenceUri(`sip:john@Contoso.EXAMPLE;${focus}:5LB7MRBC`)).toEqual({
    uri,
    organizer: 'sip:john@contoso.example',
    domain: 'contoso.example',
  });
});

test.each([
  `sip:john.contoso.example;${focus}:5LB7MRBC`,
  `sip:@contoso.example;${focus}:5LB7MRBC`,
  `sip:john@;${focus}:5LB7MRBC`,
  `sip:john@contoso.example@litware.example;${focus}:5LB7MRBC`,
  `sips:john@contoso.example;${focus}:5LB7MRBC`,
  `john@contoso.example;${focus}:5LB7MRBC`,
  '',
])('3: without one user and one domain it is no conference URI: %j', (text) => {
  expect(parseConferenceUri(text)).toBeUndefined();
});

test.each([
  '10.0.0.4',
  '[::1]',
  'contoso.example:5061',
  'contoso.example/path',
  'contoso%2eexample',
  'conto so.example',
  'contoso\u0000.example',
  'contoso.example\n',
  'contoso.example.',
  '.contoso.example',
  '-contoso.example',
  'localhost',
  'bücher.example',
  `${'a'.repeat(64)}.example`,
  `${'a.'.repeat(127)}example`,
])('4: a domain has to be a DNS name: %j is none', (domain) => {
  expect(parseSipDomain(domain)).toBeUndefined();
  expect(parseConferenceUri(`sip:john@${domain};${focus}:5LB7MRBC`)).toBeUndefined();
});

test.each(['contoso.example', 'xn--bcher-kva.example', 'a.b-c.d1', '1and1.example'])(
  '4: a domain has to be a DNS name: %j is one',
  (domain) => {
    expect(parseSipDomain(domain.toUpperCase())).toBe(domain);
  },
);

test.each([
  'sip:john@contoso.example',
  'sip:john@contoso.example;gruu',
  'sip:john@contoso.example;opaque=app:conf:focus:id:5LB7MRBC',
  'sip:john@contoso.example;gruu;opaque=app:conf:audio-video:id:5LB7MRBC',
  `sip:john@contoso.example;${focus}:`,
  `sip:john@contoso.example;${focus}:5LB7/MRBC`,
  `sip:john@contoso.example;${focus}:5LB7MRBC;more`,
  `sip:john@contoso.example;${focus}:${'5'.repeat(65)}`,
])('6: a conference URI names the focus and its id: %j does not', (text) => {
  expect(parseConferenceUri(text)).toBeUndefined();
});

test('7: the blank before gruu, which the documents print, is removed', () => {
  const printed = 'sip:john@contoso.example; gruu;opaque=app:conf:focus:id:5LB7MRBC';
  expect(parseConferenceUri(printed)?.uri).toBe(uri);
  expect(parseConferenceUri(printed.replaceAll(';', ' ; '))?.uri).toBe(uri);
});

test.each(['sip%John%contoso.com', `sip%John%contoso.com;${focus}:5LB7MRBC`])(
  "8: the documents' corrupt sample %j is not repaired",
  (text) => {
    expect(parseConferenceUri(text)).toBeUndefined();
  },
);

test('10: a legacy meeting URI loses its wrapping', () => {
  const legacy = `conf:${uri}?conversation-id=Y18TP8Q3`;
  expect(parseConferenceUri(legacy)?.uri).toBe(uri);
  expect(parseConferenceUri(`CONF:${uri}`)?.uri).toBe(uri);
  expect(parseConferenceUri(`${uri}?conversation-id=Y18TP8Q3`)?.uri).toBe(uri);
});

test('11: the conference id keeps its case, and organizers are the same whatever theirs', () => {
  const [given, shown] = [
    `sip:Dana@contoso.example;${focus}:PyC58wsy`,
    `sip:dana@contoso.example;${focus}:PyC58wsy`,
  ].map(parseConferenceUri);
  expect(given?.uri).toBe(`sip:Dana@contoso.example;${focus}:PyC58wsy`);
  expect(given?.organizer).toBe(shown?.organizer);
});

test.each(['\r', '\n', '\r\n', '\u2028', '\t'])('14: a line break (%j) is rejected wherever it stands', (lineBreak) => {
  for (let position = 0; position <= uri.length; position++) {
    expect(parseConferenceUri(uri.slice(0, position) + lineBreak + uri.slice(position))).toBeUndefined();
  }
});

test('a million blanks are read as fast as they are refused', () => {
  const blanks = ' '.repeat(1_000_000);
  const startedAt = performance.now();
  for (const text of [`sip:john@${blanks}`, `sip:john@contoso.example${blanks};gruu`, `conf:${blanks}`]) {
    expect(parseConferenceUri(text)).toBeUndefined();
  }
  // Tried again from every blank, this would take minutes.
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});
