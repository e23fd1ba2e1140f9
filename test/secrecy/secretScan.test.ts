import { SecretScan } from './secretScan.ts';

const secret = 'https://meet.lync.example/contoso/"test"/1SD8D0WZ';
const scan = new SecretScan();
scan.add('the meeting', secret);

test.each([
  ['as it is', secret],
  ['in JSON', JSON.stringify({ url: secret })],
  ['in JSON in JSON', JSON.stringify(JSON.stringify({ url: 'https://meet.lync.example' })) + secret],
  ['in a query', `?url=${encodeURIComponent(secret)}`],
  ['in a query in a query', `?to=${encodeURIComponent(`?url=${encodeURIComponent(secret)}`)}`],
  ['in hexadecimal', Buffer.from(secret).toString('hex')],
  ['in base64', Buffer.from(secret).toString('base64')],
  ['in base64 behind one byte', Buffer.from(`x${secret}y`).toString('base64')],
  ['in base64 behind two bytes', Buffer.from(`xx${secret}yy`).toString('base64')],
  ['in base64url', Buffer.from(`xx${secret}`).toString('base64url')],
])('a secret is found %s', (_, text) => {
  expect(scan.findIn(`before ${text} after`)).toEqual(['the meeting']);
});

test.each([
  ['a JSON web token', 'eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhc2kiOiIxIn0.sig'],
  ['a guest token', 'anonymousMeetingJoinContext=psat%253dabc'],
  ['an Authorization header', 'authorization: Bearer abcdefgh'],
  ['a private key', '-----BEGIN PRIVATE KEY-----'],
])('%s is found by its looks', (name, text) => {
  expect(scan.findIn(text)).toEqual([name]);
});

test('what is no secret is not found', () => {
  expect(scan.findIn('{"guestId":"6sUEaR7tRXsWa327GngTWoPchO4xh_owlKbsIeJM1nA","tokenType":"Bearer"}')).toEqual([]);
});

test('a secret that chance could bring forth is refused', () => {
  expect(() => {
    scan.add('a short one', 'abc');
  }).toThrow('too short');
});
