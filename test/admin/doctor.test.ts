import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCommandLine } from '../../admin/doctor/commandLine.ts';
import { main } from '../../admin/doctor/main.ts';
import { pemFile } from '../support/testCloud.ts';
import { startPatient, type Patient } from './doctor/patient.ts';
import type { Report } from '../../admin/doctor/examination.ts';
import { putStandInCli, type CliState } from './doctor/standInCli.ts';
import { runFile, runMain, type Ended, type Surroundings } from './runCommand.ts';

let patient: Patient;
let folder: string;

beforeAll(async () => {
  patient = await startPatient();
  folder = mkdtempSync(join(tmpdir(), 'anonymous-join-doctor-'));
});
afterEach(() => patient.heal());
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await patient.stop();
});

/** Nothing that the command prints may be a secret. */
function expectNoSecret({ output }: Ended): void {
  expect(patient.secret.scan.findIn(output)).toEqual([]);
}

/** Runs the command in this process, where the authority of the local cloud is trusted already. */
async function run(args: readonly string[], surroundings: Surroundings = {}): Promise<Ended> {
  const ended = await runMain((io) => main(args, io, notAgain), surroundings);
  expectNoSecret(ended);
  return ended;
}
const notAgain = (): never => {
  throw new Error('The command was run again.');
};

const trusting = { NODE_EXTRA_CA_CERTS: pemFile('ca') };

/** Writes a local.settings.json, as `npm run cloud` does. */
function localSettings(changes: Record<string, string> = {}): string {
  const file = join(folder, 'local.settings.json');
  const values = { ...patient.secret.cloud.environment, ...changes };
  writeFileSync(file, JSON.stringify({ IsEncrypted: false, Values: values, Host: {} }));
  return file;
}

test('npm runs it as a process: a healthy local.settings.json gives one JSON document with --json, and exit code 0', async () => {
  // The process trusts no authority of the local cloud; the file names it, so the command runs itself again.
  const ended = await runFile(['admin/doctor.ts', '--json', '--settings', localSettings(trusting)]);
  expectNoSecret(ended);
  const { code, stdout, stderr } = ended;
  expect([code, stderr]).toEqual([0, '']);
  const report = JSON.parse(stdout) as { status: string; checks: Record<string, unknown>[] };
  expect(Object.keys(report)).toEqual(['status', 'checks']);
  // On a machine that has much else to do a step may be slow, which is a warning.
  expect(['pass', 'warn']).toContain(report.status);
  expect(report.checks.length).toBeGreaterThan(20);
  for (const { name, status, latencyMs, ...rest } of report.checks) {
    expect([typeof name, typeof latencyMs]).toEqual(['string', 'number']);
    expect(['pass', 'warn']).toContain(status);
    expect(['reason', 'nextStep']).toEqual(expect.arrayContaining(Object.keys(rest)));
  }
  // Two processes start, which takes long on a busy machine.
}, 60_000);

test('settings that name an authority which the process does not trust are examined by a second process', async () => {
  const authorities: string[] = [];
  const again = (authority: string): number => authorities.push(authority) + 41;
  const { code, output } = await runMain((io) => main(['--settings', localSettings(trusting)], io, again));
  expect({ code, output }).toEqual({ code: 42, output: '' });
  expect(authorities).toEqual([trusting.NODE_EXTRA_CA_CERTS]);
});

test('a fault, from the environment as in the app’s own console, for people: the reason, the next step, and exit code 1', async () => {
  patient.world.platform.registered = false;
  const { code, stdout } = await run([], { environment: { ...patient.secret.cloud.environment, ...trusting } });
  expect(code).toBe(1);
  const lines = stdout.replaceAll(/ \(\d+ ms\)/g, '').split('\n');
  expect(lines).toContain('pass  entra/token');
  const at = lines.indexOf('fail  trusted-application/applications');
  expect(lines[at + 1]).toMatch(/^ {6}The platform does not know the endpoint sip:helpdesk@contoso\.example/);
  expect(lines[at + 2]).toMatch(
    /^ {6}→ Register the endpoint .*New-CsOnlineApplicationEndpoint -Uri "sip:helpdesk@contoso\.example"/,
  );
  expect(lines.slice(at + 3)).toEqual([
    '',
    expect.stringMatching(
      /^Status: fail\. \d+ pass, 0 warn, 1 fail\. What needs a part that fails was not looked at\.$/,
    ),
    '',
  ]);
});

describe('an administrator’s own machine', () => {
  /** The settings without what only the app’s own machine has. */
  function settings(): [name: string, value: string][] {
    return Object.entries(patient.secret.cloud.environment).filter(([name]) => !name.startsWith('IDENTITY_'));
  }

  /** Examines settings that are piped in, as whoever the Azure CLI says. */
  async function examineAsMe(state: CliState, input: unknown, ...args: string[]): Promise<Ended> {
    const removeCli = putStandInCli(state, patient.secret.cloud.simulator.managedIdentity);
    try {
      return await run(['--settings', '-', '--as-me', ...args], { input: JSON.stringify(input) });
    } finally {
      removeCli();
    }
  }

  test('az opens the vault, once for all secrets; a warning says whose roles are checked, and the exit code is 0', async () => {
    const { code, stdout } = await examineAsMe('signed-in', { Values: Object.fromEntries(settings()) });
    expect(stdout).toMatch(
      /warn {2}identity .*\n.*opened as you: your roles are checked, not the app's\.\n {6}→ Compare/,
    );
    for (const name of ['guest-keys', 'trusted-application']) expect(stdout).toContain(`pass  secret/${name}`);
    expect(stdout).toContain('Status: warn.');
    expect(code).toBe(0);
    expect(patient.world.counts()['identity.token']).toBe(1);
  });

  test.each<[CliState, string, RegExp]>([
    ['signed-out', 'The Azure CLI gives no token.', /^Sign in: az login --tenant/],
    ['missing', 'The Azure CLI is not installed here.', /^Install it/],
  ])('an az that is %s gives no token, and the check says why', async (state, reason, nextStep) => {
    const { code, stdout } = await examineAsMe(state, { Values: Object.fromEntries(settings()) }, '--json');
    const { checks } = JSON.parse(stdout) as Report;
    expect(checks.find(({ name }) => name === 'identity')).toMatchObject({
      status: 'fail',
      reason,
      nextStep: expect.stringMatching(nextStep) as string,
    });
    expect(code).toBe(1);
  });

  test('settings as az lists them are judged as in Azure, where the switches of development are mistakes', async () => {
    const listed = settings().map(([name, value]) => ({ name, slotSetting: false, value }));
    const { code, stdout } = await examineAsMe('signed-in', listed);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^fail {2}settings\n.*TABLES_CONNECTION_STRING is for development only/);
  });
});

test.each([
  ['an unknown option', ['--setings', 'x'], '', /^Usage: npm run doctor/],
  ['a missing file', ['--settings', 'nowhere.json'], '', /^The settings file nowhere\.json cannot be read\.$/],
  ['a file that is no settings', ['--settings', '-'], '{"AccountKey":"x"}', /^The settings are neither/],
])('%s ends with exit code 2, and nobody is called', async (_, args, input, complaint) => {
  const { code, stdout, stderr } = await run(args, { input });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr.trim()).toMatch(complaint);
  expect(patient.world.calls).toEqual([]);
});

test('--help prints the usage', async () => {
  const { code, stdout } = await run(['--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Usage: npm run doctor -- \[options\][^]*Exit code: 0/);
});

describe('the command line', () => {
  test('an option that is left out has its default', () => {
    expect(readCommandLine([])).toEqual({ settingsFile: undefined, asMe: false, json: false, help: false });
  });

  test('every option is read', () => {
    expect(readCommandLine(['--settings', '-', '--as-me', '--json', '--help'])).toEqual({
      settingsFile: '-',
      asMe: true,
      json: true,
      help: true,
    });
  });

  test.each([[['--setting', 'x']], [['--settings']], [['--settings', '']], [['--json=yes']], [['settings.json']]])(
    '%j is refused',
    (args) => {
      expect(readCommandLine(args)).toBeUndefined();
    },
  );
});
