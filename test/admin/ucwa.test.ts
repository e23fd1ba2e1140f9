import { readCommandLine } from '../../admin/ucwa/commandLine.ts';
import { main } from '../../admin/ucwa/main.ts';
import { startSimulator, type Simulator } from '../../local/simulator/simulator.ts';
import type { DeploymentBehaviour } from '../../local/simulator/upstreams/onPremises/behaviour.ts';
import { pem, pemFile } from '../support/testCloud.ts';
import { runFile, runMain, type Ended, type Surroundings } from './runCommand.ts';

const danas = 'https://meet.contoso.example/danab/PYC58WSY';
const domain = ['--domain', 'contoso.example'];
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ tls: { key: pem('key'), cert: pem('cert') } });
});
beforeEach(() => simulator.world.reset());
afterAll(() => simulator.stop());

/** The output may show no secret: no ticket, no conference key, and nothing of the environment. */
function expectNoSecret({ output }: Ended, environment: Record<string, string>): void {
  for (const secret of ['cwt=', 'G03W98W4', ...Object.values(environment)]) expect(output).not.toContain(secret);
}

/** Runs the command in this process, against the simulator. */
async function run(args: readonly string[], { environment = {}, input = '' }: Surroundings = {}): Promise<Ended> {
  const env = { DEVELOPMENT_CONNECT_TO: `127.0.0.1:${simulator.platform.port}`, ...environment };
  const ended = await runMain((io) => main(args, io), { environment: env, input });
  expectNoSecret(ended, environment);
  return ended;
}

function behave(behaviour: Partial<DeploymentBehaviour>): void {
  Object.assign(simulator.world.onPremises.behaviour['contoso.example'], behaviour);
}
const callsTo = (host: string): number => simulator.world.calls.filter((call) => call.host === host).length;
const identities = (): string[] => simulator.world.onPremises.issued.map(({ identity }) => identity);

test('npm runs it as a process: a redirect is followed after a yes on standard input, and the exit code is 0', async () => {
  behave({ redirect: 'foreign' });
  const environment = {
    DEVELOPMENT_CONNECT_TO: `127.0.0.1:${simulator.platform.port}`,
    NODE_EXTRA_CA_CERTS: pemFile('ca'),
  };
  const ended = await runFile(['admin/ucwa.ts', 'discover', ...domain], { environment, input: 'y\n' });
  expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('Result: discovery works.\n') as string });
  expect(ended.stderr).toContain('  blocked: evil-contoso.example\n');
  expectNoSecret(ended, {});
});

test('a command that is not understood prints the usage, and no server is called', async () => {
  const { code, output } = await run(['token', ...domain]);
  expect(code).toBe(2);
  expect(output).toMatch(/^Usage: npm run ucwa/);
  expect(simulator.world.calls).toEqual([]);
});

describe('the command line', () => {
  const meeting = ['--meeting', 'https://meet.contoso.example/john/5LB7MRBC'];

  test.each([
    [[]],
    [['token']],
    [['discover']],
    [['discover', '--domain', 'contoso']],
    [['discover', '--domain', '127.0.0.1']],
    [['steal', ...domain]],
    [['discover', 'token', ...domain]],
    [['token', ...domain]],
    [['token', ...domain, '--meeting', 'http://meet.contoso.example/john/5LB7MRBC']],
    [['token', ...domain, ...meeting, '--grant', 'client_credentials']],
    [['discover', ...domain, '--hosts', 'not a host']],
    [['discover', ...domain, '--hosts', 'pool.fabrikam.example,*']],
    [['discover', ...domain, '--password', 'A3ddj3w']],
    [['discover', ...domain, '--http', 'yes']],
  ])('%j is refused', (args) => {
    expect(readCommandLine(args)).toBeUndefined();
  });

  test('an option that is left out has its default', () => {
    expect(readCommandLine(['discover', ...domain])).toEqual({
      command: 'discover',
      domain: 'contoso.example',
      grantKind: 'anonmeeting',
      meetingUrl: undefined,
      user: '',
      hosts: [],
      internalFirst: false,
      http: false,
    });
  });

  test('every option is read', () => {
    const options = [
      '--hosts',
      'pool.fabrikam.example,lab.example:8443',
      '--internal-first',
      '--http',
      '--user',
      'johndoe',
    ];
    expect(readCommandLine(['renew', '--domain', 'Contoso.Example', ...meeting, ...options])).toMatchObject({
      command: 'renew',
      domain: 'contoso.example',
      meetingUrl: new URL('https://meet.contoso.example/john/5LB7MRBC'),
      user: 'johndoe',
      hosts: [
        { host: 'pool.fabrikam.example', port: '' },
        { host: 'lab.example', port: '8443' },
      ],
      internalFirst: true,
      http: true,
    });
  });
});

describe('discover', () => {
  test('shows each hop, the challenge and its grants, and that it works', async () => {
    const { code, output } = await run(['discover', ...domain]);
    expect(output.replaceAll(/, \d+ ms/g, '').split('\n')).toEqual([
      '  GET https://lyncdiscover.contoso.example/ → 200',
      '  GET https://lyncweb.contoso.example/Autodiscover/AutodiscoverService.svc/root/oauth/user → 401',
      '    challenge bearer',
      '    challenge msrtcoauth, tickets at https://lyncweb.contoso.example/WebTicket/oauthtoken',
      '    grants offered: urn:microsoft.rtc:windows, urn:microsoft.rtc:anonmeeting, password',
      '',
      'User resource:  https://lyncweb.contoso.example/Autodiscover/AutodiscoverService.svc/root/oauth/user?originalDomain=contoso.example',
      'Token endpoint: https://lyncweb.contoso.example/WebTicket/oauthtoken',
      '',
      'Result: discovery works.',
      '',
    ]);
    expect(code).toBe(0);
  });

  test('asks inside first with --internal-first, and says what each tier met', async () => {
    behave({ internalRoot: 'not-found', externalRoot: 'html' });
    const { code, output } = await run(['discover', ...domain, '--internal-first']);
    expect(code).toBe(1);
    expect(output).toMatch(/Result: autodiscovery: all-tiers-failed\n {2}Let lyncdiscover/);
    expect(output).toMatch(/lyncdiscoverinternal\.contoso\.example\/: 404, /);
    expect(output).toMatch(/lyncdiscover\.contoso\.example\/: 200, /);
  });

  test('says so if guests cannot get tickets', async () => {
    behave({ grants: ['password'] });
    const { code, output } = await run(['discover', ...domain]);
    expect(code).toBe(1);
    expect(output).toContain('grants offered: password\n');
    expect(output).toContain('Result: challenge: grant-not-offered\n  Allow anonymous join: Set-CsAccessEdge');
    expect(await run(['discover', ...domain, '--grant', 'password'])).toMatchObject({ code: 0 });
  });

  test('says so if the users are in the cloud', async () => {
    behave({ redirect: 'online' });
    const { code, output } = await run(['discover', ...domain]);
    expect(code).toBe(1);
    expect(output).toContain('Result: autodiscovery: homed-online\n  The users are homed in the cloud');
  });

  test('says so if nothing is there', async () => {
    const { code, output } = await run(['discover', ...domain], {
      environment: { DEVELOPMENT_CONNECT_TO: '127.0.0.1:1' },
    });
    expect(code).toBe(1);
    expect(output).toContain('Result: autodiscovery: all-tiers-failed');
  });
});

describe('a redirect to a host that is not trusted', () => {
  const foreign = 'evil-contoso.example';

  test('is blocked, named and not called if nobody answers the question', async () => {
    behave({ redirect: 'foreign' });
    const { code, output } = await run(['discover', ...domain]);
    expect(code).toBe(1);
    expect(output).toContain('Result: autodiscovery: redirect-blocked\n  If the host is yours, add it to UCWA_HOSTS');
    expect(output).toContain(`  blocked: ${foreign}\n`);
    expect(callsTo(foreign)).toBe(0);
  });

  test('is not followed either when somebody says no', async () => {
    behave({ redirect: 'foreign' });
    const { code, output } = await run(['discover', ...domain], { input: 'n\n' });
    expect(code).toBe(1);
    expect(output).toContain(`The redirect leads to ${foreign}, which is not trusted. Follow it? [y/N]`);
    expect(callsTo(foreign)).toBe(0);
  });

  test('is followed once somebody says yes, or if the host was named', async () => {
    behave({ redirect: 'foreign' });
    expect(await run(['discover', ...domain], { input: 'y\n' })).toMatchObject({ code: 0 });
    expect(callsTo(foreign)).toBeGreaterThan(0);
    expect(await run(['discover', ...domain, '--hosts', foreign])).toMatchObject({ code: 0 });
  });

  test('is asked about in plain http too, where its own domain passes', async () => {
    behave({ externalRoot: 'not-found', httpRedirect: 'foreign' });
    const asked = await run(['discover', ...domain, '--http']);
    expect(asked).toMatchObject({ code: 1, output: expect.stringContaining(`blocked: ${foreign}`) as string });
    expect(callsTo(foreign)).toBe(0);
    expect(await run(['discover', ...domain, '--http'], { input: 'yes\n' })).toMatchObject({ code: 0 });
    behave({ httpRedirect: 'web-services' });
    expect(await run(['discover', ...domain, '--http'])).toMatchObject({ code: 0 });
  });
});

describe('token', () => {
  test('gets a guest a ticket, and shows neither it nor the key', async () => {
    const { code, output } = await run(['token', ...domain, '--meeting', danas]);
    expect(code).toBe(0);
    expect(output).toContain('Conference: sip:Dana@contoso.example;gruu;opaque=app:conf:focus:id:PYC58WSY\n');
    expect(output).toContain('Applications:   https://lyncweb.contoso.example/ucwa/oauth/v1/applications\n');
    expect(output).toMatch(/Ticket of \d+ characters, good until \d{4}-/);
    expect(output).toContain('Result: the server gives tickets.');
  });

  test('113: signs an account in with the password of the environment', async () => {
    const account = ['token', ...domain, '--grant', 'password', '--user', 'johndoe'];
    expect(await run(account, { environment: { UCWA_PASSWORD: 'A3ddj3w' } })).toMatchObject({ code: 0 });
    expect(identities().at(-1)).toBe('johndoe');
    const refused = await run(account, { environment: { UCWA_PASSWORD: 'wrong-one' } });
    expect(refused.code).toBe(1);
    expect(refused.output).toContain('Result: web ticket: invalid_grant\n  The server does not know');
  });

  test.each([['--user', 'johndoe'], []])('114: asks nobody without a user name and a password: %p', async (...user) => {
    const { code, output } = await run(['token', ...domain, '--grant', 'password', ...user]);
    expect(code).toBe(1);
    expect(output).toContain('Give the user name with --user and the password in UCWA_PASSWORD.');
    expect(simulator.world.calls).toEqual([]);
  });

  test('115: windows gets the clear answer that an unattended service cannot', async () => {
    const { code, output } = await run(['token', ...domain, '--grant', 'windows']);
    expect(code).toBe(1);
    expect(output).toContain('Result: web ticket: integrated_windows\n  The server wants integrated Windows sign-in');
  });

  test('115, 142: passive gets the clear answer that a browser is needed, and where', async () => {
    behave({ grants: ['urn:microsoft.rtc:passive'] });
    const { code, output } = await run(['token', ...domain, '--grant', 'passive']);
    expect(code).toBe(1);
    expect(output).toContain('X-Ms-diagnostics: 28020;source="fe01.contoso.example";reason="No valid security token."');
    expect(output).toContain('Result: web ticket: interaction_required\n  Somebody has to sign in at a browser');
    expect(output).toContain('It would be at https://lyncweb.contoso.example/PassiveAuth/PassiveAuth.aspx\n');
  });

  test('a grant that is not offered is not tried', async () => {
    const { code, output } = await run(['token', ...domain, '--grant', 'passive']);
    expect(code).toBe(1);
    expect(output).toContain('Result: challenge: grant-not-offered\n  The server does not offer this grant');
    expect(simulator.world.counts()['ucwa.token']).toBe(0);
  });

  test('a meeting of another domain is refused with what to look at', async () => {
    const { code, output } = await run(['token', ...domain, '--meeting', 'https://meet.litware.example/john/5LB7MRBC']);
    expect(code).toBe(1);
    expect(output).toContain('whether --domain is its SIP domain');
    expect(simulator.world.counts()['ucwa.token']).toBe(0);
  });
});

describe('renew', () => {
  test('gets a ticket and renews it; the participant stays', async () => {
    const { code, output } = await run(['renew', ...domain, '--meeting', danas]);
    expect(code).toBe(0);
    expect(output).toContain('Result: renewal works; the guest keeps the identity.');
    const [, first, renewed] = simulator.world.onPremises.issued;
    expect(renewed).toMatchObject({ identity: first?.identity, renewed: true });
  });

  test('renews the ticket of the environment', async () => {
    await run(['token', ...domain, '--meeting', danas]);
    const given = simulator.world.onPremises.issued.at(-1);
    const { code } = await run(['renew', ...domain, '--meeting', danas], {
      environment: { UCWA_TOKEN: given?.token ?? '' },
    });
    expect(code).toBe(0);
    expect(simulator.world.onPremises.issued.at(-1)).toMatchObject({ identity: given?.identity, renewed: true });
    const refused = await run(['renew', ...domain, '--meeting', danas], { environment: { UCWA_TOKEN: 'stale-one' } });
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('invalid_grant') as string });
  });

  test('154: asks again for a signed-in ticket, as for a first one', async () => {
    const { code, output } = await run(['renew', ...domain, '--grant', 'password', '--user', 'johndoe'], {
      environment: { UCWA_PASSWORD: 'A3ddj3w', UCWA_TOKEN: 'not-looked-at' },
    });
    expect(code).toBe(0);
    expect(output).toContain('A signed-in ticket is not renewed but asked for again.');
    expect(simulator.world.onPremises.issued.map(({ renewed }) => renewed)).toEqual([false, false]);
  });
});
