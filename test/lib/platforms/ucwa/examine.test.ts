import type { DeploymentBehaviour } from '../../../../local/simulator/upstreams/onPremises/behaviour.ts';
import { says, startPatient, type Patient } from '../../../admin/doctor/patient.ts';

let patient: Patient;

beforeAll(async () => {
  patient = await startPatient();
});
afterEach(() => patient.heal());
afterAll(() => patient.stop());

const ucwa = { MEETING_PLATFORMS: 'ucwa' };
const account = { ...ucwa, UCWA_CHECK_ACCOUNT: 'probe@contoso.example', UCWA_CHECK_SECRET_NAME: 'ucwa-password' };
const prefix = 'ucwa/contoso.example/';
const behave = (behaviour: Partial<DeploymentBehaviour>): void => {
  Object.assign(patient.world.onPremises.behaviour['contoso.example'], behaviour);
};

test.each<[string, Partial<DeploymentBehaviour>, string, RegExp, RegExp]>([
  [
    'a root that nobody finds',
    { externalRoot: 'not-found' },
    'root',
    /all-tiers-failed/,
    /Let lyncdiscover\.<SIP domain> lead/,
  ],
  ['users in the cloud', { redirect: 'online' }, 'root', /homed-online/, /another platform/],
  ['a redirect to a host that is not trusted', { redirect: 'foreign' }, 'root', /redirect-blocked/, /UCWA_HOSTS/],
  ['a circle', { redirect: 'endless' }, 'root', /endless/, /correct the autodiscovery/],
  ['a pool that is gone', { redirect: 'cannot-redirect' }, 'root', /no-pool/, /no backup/],
  ['no web tickets', { challenge: 'none' }, 'challenge', /no-challenge/, /whether a proxy takes/],
  [
    'anonymous join that is off',
    { grants: ['password'] },
    'challenge',
    /grant-not-offered/,
    /Set-CsAccessEdgeConfiguration -AllowAnonymousUsers \$true/,
  ],
])('%s fails the step, and says how to see each hop', async (_, behaviour, step, reason, fix) => {
  behave(behaviour);
  const { check, outcomes } = await patient.examine(ucwa);
  const found = check(`${prefix}${step}`);
  expect(found).toEqual(says('fail', reason, fix));
  expect(found?.nextStep).toMatch(/ npm run ucwa -- discover --domain contoso\.example$/);
  // Another domain is another matter.
  expect(outcomes).toContain('pass ucwa/litware.example/challenge');
});

test('the command is given the options that the settings have', async () => {
  behave({ internalRoot: 'not-found', externalRoot: 'not-found', httpRoot: 'not-found' });
  const changes = { ...ucwa, UCWA_DISCOVERY: 'internal-first', UCWA_HTTP_FIRST_HOP: 'on' };
  expect(await patient.checkOf(`${prefix}root`, changes)).toMatchObject({
    nextStep: expect.stringMatching(/--domain contoso\.example --internal-first --http$/) as string,
  });
});

test('a user resource that is out of order', async () => {
  patient.world.faults.set('ucwa.user', { status: 503, times: 1 });
  expect(await patient.checkOf(`${prefix}user`, ucwa)).toEqual(
    says('fail', /user-unavailable/, /web services of the pool/),
  );
});

test('a user resource that does not answer', async () => {
  patient.world.faults.set('ucwa.user', { never: true });
  const { outcomes, check } = await patient.examine(ucwa, { callTimeoutMs: 300 });
  expect(check(`${prefix}user`)).toEqual(says('fail', /upstream timeout/, /firewall drops the requests/));
  expect(outcomes.at(-1)).toBe('fail ucwa/litware.example/user');
});

describe('an account that signs in', () => {
  const password = 'a-password-of-the-probe';

  beforeEach(() => {
    patient.world.secrets.set('ucwa-password', password);
    behave({ accounts: { 'probe@contoso.example': password } });
  });

  test('passes in its domain', async () => {
    const { outcomes } = await patient.examine(account);
    expect(outcomes).toContain('pass secret/ucwa');
    expect(outcomes).toContain(`pass ${prefix}sign-in`);
    expect(outcomes.join()).not.toContain('litware.example/sign-in');
  });

  test('with a wrong password fails', async () => {
    behave({ accounts: {} });
    expect(await patient.checkOf(`${prefix}sign-in`, account)).toEqual(
      says('fail', /invalid_grant/, /user name or password/),
    );
  });

  test('where a browser is wanted fails, without the URL that the server names', async () => {
    behave({ grants: ['urn:microsoft.rtc:anonmeeting', 'urn:microsoft.rtc:passive'] });
    const found = await patient.checkOf(`${prefix}sign-in`, account);
    expect(found?.status).toBe('fail');
    expect(found?.nextStep).not.toContain('https://');
  });

  test('whose password is not in the vault is reported once, and the rest is checked', async () => {
    patient.world.secrets.remove('ucwa-password');
    const { check, outcomes } = await patient.examine(account);
    expect(check('secret/ucwa')).toEqual(says('fail', /There is no secret ucwa-password/, /--file secret\.txt/));
    expect(outcomes).toContain(`pass ${prefix}challenge`);
    expect(outcomes.join()).not.toContain('sign-in');
  });
});
