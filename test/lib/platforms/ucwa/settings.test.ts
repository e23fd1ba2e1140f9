import { readSettings, type Environment } from '../../../../lib/settings.ts';
import type { UcwaSettings } from '../../../../lib/platforms/ucwa/settings.ts';
import { ucwaOf } from '../../../support/platforms.ts';
import { azure, refusalOf } from '../../environments.ts';

const onPremises: Environment = {
  ...azure,
  MEETING_PLATFORMS: 'ucwa',
  UCWA_MEETING_HOSTS: 'meet.contoso.com=contoso.com',
};

function read(changes: Environment = {}): UcwaSettings {
  readSettings({ ...onPremises, ...changes });
  return ucwaOf({ ...onPremises, ...changes });
}

/** The platforms that are on. */
function namesOn(changes: Environment): string[] {
  return readSettings({ ...onPremises, ...changes }).platforms.map(({ name }) => name);
}

const host = (name: string, port = '') => ({ host: name, port });

test('a meeting host with its SIP domain is enough, and the rest has its defaults', () => {
  expect(read()).toEqual({
    meetingHosts: new Map([['meet.contoso.com', 'contoso.com']]),
    tiers: 'external',
    httpFirstHop: false,
    checkAccount: undefined,
    trust: {
      hosts: [host('contoso.com'), host('meet.contoso.com')],
      trustedDomains: [],
      approvedHosts: new Map(),
    },
  });
});

test('everything can be set', () => {
  const settings = read({
    UCWA_MEETING_HOSTS: 'Meet.Contoso.com=Contoso.com, join.contoso.com=contoso.com; meet.litware.com=litware.com',
    UCWA_HOSTS: 'pools.example:4443',
    UCWA_DISCOVERY: 'internal-first',
    UCWA_HTTP_FIRST_HOP: 'on',
    UCWA_TRUSTED_DOMAINS: 'hoster.example',
    UCWA_APPROVED_HOSTS: 'contoso.com=a.example,contoso.com=b.example,litware.com=a.example',
  });
  expect(settings).toMatchObject({ tiers: 'internal-first', httpFirstHop: true });
  expect([...settings.meetingHosts]).toEqual([
    ['meet.contoso.com', 'contoso.com'],
    ['join.contoso.com', 'contoso.com'],
    ['meet.litware.com', 'litware.com'],
  ]);
  expect(settings.trust.trustedDomains).toEqual([host('hoster.example')]);
  expect([...settings.trust.approvedHosts]).toEqual([
    ['contoso.com', ['a.example', 'b.example']],
    ['litware.com', ['a.example']],
  ]);
});

test('what is trusted or approved may be called, and each host stands there once', () => {
  const { hosts } = read({
    UCWA_MEETING_HOSTS: 'meet.contoso.com=contoso.com,join.contoso.com=contoso.com',
    UCWA_HOSTS: 'pools.example:4443',
    UCWA_TRUSTED_DOMAINS: 'hoster.example',
    UCWA_APPROVED_HOSTS: 'contoso.com=a.example,litware.com=a.example',
  }).trust;
  expect(hosts).toEqual([
    ...['contoso.com', 'meet.contoso.com', 'join.contoso.com', 'a.example', 'hoster.example'].map((name) => host(name)),
    host('pools.example', '4443'),
  ]);
});

test('a platform that is not on is not read, whatever stands there', () => {
  expect(namesOn({ MEETING_PLATFORMS: 'trusted-application', UCWA_MEETING_HOSTS: '???' })).toEqual([
    'trusted-application',
  ]);
});

test('both platforms may be on, if no meeting host belongs to both', () => {
  const both = { ...onPremises, MEETING_PLATFORMS: 'trusted-application,ucwa' };
  expect(namesOn(both)).toEqual(['trusted-application', 'ucwa']);
  expect(refusalOf({ ...both, UCWA_MEETING_HOSTS: 'meet.lync.com=contoso.com' })).toContain(
    'TRUSTED_APPLICATION_MEETING_HOSTS and UCWA_MEETING_HOSTS overlap',
  );
});

test.each<[string, string, string]>([
  ['UCWA_MEETING_HOSTS', '', 'is missing'],
  ['UCWA_MEETING_HOSTS', ',', 'must be pairs meeting-host=SIP-domain'],
  ['UCWA_MEETING_HOSTS', 'meet.contoso.com', 'must be pairs meeting-host=SIP-domain'],
  ['UCWA_MEETING_HOSTS', 'meet.contoso.com=', 'must be pairs meeting-host=SIP-domain'],
  ['UCWA_MEETING_HOSTS', 'meet.contoso.com=contoso.com=contoso.com', 'must be pairs meeting-host=SIP-domain'],
  ['UCWA_MEETING_HOSTS', 'meet.contoso.com=contoso', 'must be pairs meeting-host=SIP-domain'],
  ['UCWA_MEETING_HOSTS', 'meet.contoso.com=10.0.0.4', 'must be pairs meeting-host=SIP-domain'],
  ['UCWA_MEETING_HOSTS', '10.0.0.4=contoso.com', 'must be pairs meeting-host=SIP-domain'],
  ['UCWA_MEETING_HOSTS', 'meet.contoso.com:8443=contoso.com', 'must be pairs meeting-host=SIP-domain'],
  ['UCWA_MEETING_HOSTS', 'https://meet.contoso.com=contoso.com', 'must be pairs meeting-host=SIP-domain'],
  ['UCWA_MEETING_HOSTS', 'meet.bücher.example=bücher.example', 'must be pairs meeting-host=SIP-domain'],
  ['UCWA_MEETING_HOSTS', 'a.example=contoso.com,A.example=litware.com', 'must name each meeting host once'],
  ['UCWA_HOSTS', '*.contoso.com', 'must be host names'],
  ['UCWA_HOSTS', 'https://contoso.com', 'must be host names'],
  ['UCWA_TRUSTED_DOMAINS', '10.0.0.4', 'must be host names'],
  ['UCWA_APPROVED_HOSTS', 'lyncweb.contoso.com', 'must be pairs SIP-domain=host'],
  ['UCWA_APPROVED_HOSTS', 'contoso.com=10.0.0.4', 'must be pairs SIP-domain=host'],
  ['UCWA_DISCOVERY', 'inside', 'must be external or internal-first'],
  ['UCWA_HTTP_FIRST_HOP', 'true', 'must be on or off'],
])('a mistake in %s is named, and its value is not shown: %j', (name, value, complaint) => {
  const message = refusalOf({ ...onPremises, [name]: value });
  expect(message).toContain(`${name} ${complaint}`);
  if (value.length > 1) expect(message).not.toContain(value);
});

test('an account for the health check comes with the name of its password, and belongs to a configured domain', () => {
  const account = { UCWA_CHECK_ACCOUNT: 'probe@contoso.com', UCWA_CHECK_SECRET_NAME: 'probe-password' };
  expect(read(account).checkAccount).toEqual({
    username: 'probe@contoso.com',
    domain: 'contoso.com',
    secretName: 'probe-password',
  });
  expect(read().checkAccount).toBeUndefined();
  const together = 'UCWA_CHECK_ACCOUNT and UCWA_CHECK_SECRET_NAME belong together';
  expect(refusalOf({ ...onPremises, UCWA_CHECK_ACCOUNT: 'probe@contoso.com' })).toContain(together);
  expect(refusalOf({ ...onPremises, UCWA_CHECK_SECRET_NAME: 'probe-password' })).toContain(together);
  expect(refusalOf({ ...onPremises, ...account, UCWA_CHECK_ACCOUNT: 'probe@litware.com' })).toContain(
    'UCWA_CHECK_ACCOUNT is not of a SIP domain in UCWA_MEETING_HOSTS',
  );
  expect(refusalOf({ ...onPremises, ...account, UCWA_CHECK_ACCOUNT: 'probe' })).toContain('must be a sign-in address');
});
