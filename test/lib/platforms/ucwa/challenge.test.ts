import { listOf, parseChallenges, type Challenge } from '../../../../lib/platforms/ucwa/challenge.ts';

const href = 'https://lyncweb.contoso.com/WebTicket/oauthtoken';
const grants = ['urn:microsoft.rtc:windows', 'urn:microsoft.rtc:anonmeeting', 'password'];
const offered = `grant_type="${grants.join(',')}"`;
const bearer =
  'Bearer trusted_issuers="00000001-0000@contoso.com,00000004-0000@contoso.com", client_id="00000004-0000"';

/** The challenge that gives web tickets. */
function ticketOf(header: string): Challenge | undefined {
  return parseChallenges(header).find(({ scheme }) => scheme === 'msrtcoauth');
}

function expectUnderstood(header: string): void {
  const ticket = ticketOf(header);
  expect(ticket?.parameters.get('href')).toBe(href);
  expect(ticket && listOf(ticket, 'grant_type')).toEqual(grants);
}

test('89, 90: href is read with and without quotes; without, it ends at the comma', () => {
  expectUnderstood(`MsRtcOAuth href=${href},${offered}`);
  expectUnderstood(`MsRtcOAuth href="${href}",${offered}`);
});

test('91: two headers, which Node joins by a comma and a blank, are two challenges', () => {
  const header = [bearer, `MsRtcOAuth href="${href}",${offered}`].join(', ');
  expectUnderstood(header);
  expect(parseChallenges(header).map(({ scheme }) => scheme)).toEqual(['bearer', 'msrtcoauth']);
});

test('92: challenges merged into one header are separated, with and without a blank', () => {
  for (const comma of [', ', ',', ' , ', ',\t'])
    expectUnderstood(`${bearer}${comma}MsRtcOAuth href="${href}",${offered}`);
});

test('93: a comma between quotes separates nothing', () => {
  const [first, second, ...others] = parseChallenges(`${bearer}, MsRtcOAuth href="${href}",${offered}`);
  expect(first?.parameters.get('trusted_issuers')).toBe('00000001-0000@contoso.com,00000004-0000@contoso.com');
  expect(second?.parameters.get('grant_type')).toBe(grants.join(','));
  expect(others).toEqual([]);
});

test('93: a quote within quotes ends nothing', () => {
  expectUnderstood(`Bearer realm="say \\"a, MsRtcOAuth href=x\\" b\\\\", MsRtcOAuth href="${href}",${offered}`);
});

test('94: empty and unknown parameters are tolerated', () => {
  expectUnderstood(`Bearer trusted_issuers="", x=,y, MsRtcOAuth new="",href="${href}",${offered},other=1`);
});

test('95: the challenge is found before Bearer, after Negotiate and NTLM, and after what cannot be read', () => {
  const ticket = `MsRtcOAuth href="${href}",${offered}`;
  for (const header of [
    `${ticket}, ${bearer}`,
    `Negotiate, NTLM, ${ticket}`,
    `Negotiate YIIJvwYGKwYBBQUCoIIJszCCCa+=, NTLM TlRMTVNTUAAB==, ${ticket}`,
    `Negotiate a8/+~==,${ticket}`,
    `{"not": 'a challenge'}, @@, =, ${ticket}`,
    `,,, ${ticket},,`,
  ]) {
    expectUnderstood(header);
  }
});

test('96: schemes and names are the same in any case', () => {
  expectUnderstood(`MSRTCOAUTH HREF="${href}",Grant_Type="${grants.join(',')}"`);
  expectUnderstood(`msrtcoauth Href=${href} , GRANT_TYPE = "${grants.join(',')}"`);
});

test('97: a header folded over lines is unfolded', () => {
  expectUnderstood(`${bearer},\r\n MsRtcOAuth\r\n\thref="${href}",\r\n  ${offered}`);
});

test('98: grants that are named twice collapse, in their order', () => {
  const repeated = [...grants, ' ', '', ...grants].join(' , ');
  expectUnderstood(`MsRtcOAuth href="${href}",grant_type="${repeated}"`);
});

test('of a parameter that stands twice the first counts', () => {
  expectUnderstood(`MsRtcOAuth href="${href}",${offered},href="https://evil.example/",grant_type="none"`);
});

test('a list that is not there differs from an empty one', () => {
  const [without, empty] = parseChallenges(`MsRtcOAuth href="${href}", MsRtcOAuth grant_type=""`);
  expect(without && listOf(without, 'grant_type')).toBeUndefined();
  expect(empty && listOf(empty, 'grant_type')).toEqual([]);
});
