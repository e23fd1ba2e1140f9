import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readSettings } from '../../lib/settings.ts';
import { paste } from '../support/paste.ts';
import { until } from '../support/until.ts';
import { becomesUnreachable } from './gone.ts';

/** A program of the local cloud, run as its npm script runs it. */
interface Program {
  readonly child: ChildProcess;
  /** All that it has printed. */
  output(): string;
  /** The code it ended with. */
  ended(): Promise<number | null>;
}

// Whole clouds are started here, several processes each.
jest.setTimeout(60_000);

const running = new Set<ChildProcess>();

function run(file: string, environment: NodeJS.ProcessEnv = {}, folder = '.'): Program {
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let written = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (written += text));
  }
  const closed = once(child, 'close').then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  return { child, output: () => written, ended: () => closed };
}

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** The addresses that the program has printed, each once. */
const addresses = (output: string): string[] => [...new Set(output.match(/http:\/\/127\.0\.0\.1:\d+/g))];
const serving = (program: Program): Promise<void> => until(() => program.output().includes('Ctrl-C stops'), 25_000);
const curlLines = (output: string): string[] =>
  output.split('\n').flatMap((line) => /^ +(curl .*)$/.exec(line)?.[1] ?? []);

describe('npm start', () => {
  it('prints lines that work as pasted, echoes the log, and leaves nothing running', async () => {
    const program = run('local/start.ts', { PORT: '0', FUNCTION_KEY: 'a-key-of-my-own' });
    await serving(program);
    expect(program.output()).toContain('a-key-of-my-own');

    const [issue = '', rejoin = '', search = ''] = curlLines(program.output());
    const guest = await paste(issue);
    expect(guest).toMatchObject({ tokenType: 'Bearer', platform: 'trusted-application' });
    const { applicationSessionId, guestId } = guest;
    const again = await paste(rejoin.replace('PASTE-IT-HERE', String(applicationSessionId)));
    expect(again).toMatchObject({ guestId, rejoinCount: 1 });
    expect(await paste(search)).toMatchObject({ guests: [{ guestId, rejoinCount: 1 }] });
    await until(() => program.output().includes('"endpoint":"IssueRejoinToken"'));

    const served = addresses(program.output());
    // The service, the simulator's control and the tables.
    expect(served).toHaveLength(3);
    program.child.kill('SIGTERM');
    expect(await program.ended()).toBe(0);
    for (const address of served) expect(await becomesUnreachable(address)).toBe(true);
  });

  it('runs twice side by side, each with tables of its own, and ends even when it is killed', async () => {
    const programs = [run('local/start.ts', { PORT: '0' }), run('local/start.ts', { PORT: '0' })];
    await Promise.all(programs.map(serving));
    const [first = [], second = []] = programs.map((program) => curlLines(program.output()));
    const guest = await paste(first[0] ?? '');
    const pasted = (line = ''): string => line.replace('PASTE-IT-HERE', String(guest['applicationSessionId']));
    expect(await paste(pasted(first[1]))).toMatchObject({ rejoinCount: 1 });
    expect(await paste(pasted(second[1]))).toMatchObject({ code: 'guest-not-found' });

    const served = programs.flatMap((program) => addresses(program.output()));
    expect(new Set(served).size).toBe(6);
    for (const { child } of programs) child.kill('SIGKILL');
    for (const address of served) expect(await becomesUnreachable(address)).toBe(true);
  });

  it('says in a sentence that its port is taken, and leaves nothing running', async () => {
    const first = run('local/start.ts', { PORT: '0' });
    await serving(first);
    const [taken = ''] = addresses(first.output());
    const second = run('local/start.ts', { PORT: new URL(taken).port });
    expect(await second.ended()).toBe(1);
    expect(second.output()).toContain('it is taken. Stop what uses it or choose another one');
    first.child.kill('SIGINT');
    expect(await first.ended()).toBe(0);
  });
});

describe('npm run demo', () => {
  it('tells the story in chapters and ends with 0', async () => {
    const program = run('local/demo.ts');
    expect(await program.ended()).toBe(0);
    const output = program.output();
    const chapters = [...output.matchAll(/\n\n(\S.*)/g)].map(([, title]) => title).join('\n');
    expect(chapters).toMatch(/Discovery.*customer.*connection drops.*mapping.*removes the guest.*verdict/s);
    expect(output).toMatch(/POST \/api\/v1\/anonymous-tokens → 201 in \d+ ms/);
    expect(output).toMatch(/POST \/api\/v1\/rejoin-tokens → 200 in \d+ ms/);
    expect(output).toMatch(/GET \/api\/health → 200 in \d+ ms/);
    expect(output).toMatch(/POST \/api\/v1\/rejoin-tokens → 410 in \d+ ms/);
    expect(output).toMatch(/rejoinCount +1/);
    // Tokens are shortened, so that a person can read it.
    expect(Math.max(...output.split('\n').map((line) => line.length))).toBeLessThan(160);
    for (const address of addresses(output)) expect(await becomesUnreachable(address)).toBe(true);
  });
});

describe('npm run cloud', () => {
  let folder: string;

  beforeEach(() => {
    // Not in the developer's own folder: it writes local.settings.json where it is run.
    folder = mkdtempSync(join(tmpdir(), 'cloud-test-'));
    for (const name of ['local', 'node_modules', 'package.json', 'tsconfig.json'])
      symlinkSync(resolve(name), join(folder, name));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('writes settings for Core Tools with every setting of the sample, and starts all of Azurite', async () => {
    const program = run('local/cloudForCoreTools.ts', {}, folder);
    await serving(program);
    const file: unknown = JSON.parse(readFileSync(join(folder, 'local.settings.json'), 'utf8'));
    const { Values: values, Host: host } = file as { Values: Record<string, string>; Host: unknown };
    expect(file).toMatchObject({ IsEncrypted: false });
    expect(host).toHaveProperty('CORS');
    const sample = JSON.parse(readFileSync('local.settings.sample.json', 'utf8')) as { Values: Record<string, string> };
    // What is empty in the sample is optional, or excluded by another setting.
    const needed = Object.keys(sample.Values).filter((name) => sample.Values[name] !== '');
    expect(Object.keys(values)).toEqual(expect.arrayContaining(needed));
    expect(Object.keys(sample.Values)).toEqual(expect.arrayContaining(Object.keys(values)));
    expect(readSettings(values)).toMatchObject({ development: true });
    expect(existsSync(values['NODE_EXTRA_CA_CERTS'] ?? '')).toBe(true);

    const storage = values['AzureWebJobsStorage'] ?? '';
    const endpoints = [...storage.matchAll(/(Blob|Queue|Table)Endpoint=(http:[^;]+)/g)];
    expect(endpoints.map(([, service]) => service)).toEqual(['Blob', 'Queue', 'Table']);
    for (const [, , endpoint = ''] of endpoints)
      expect((await fetch(endpoint)).headers.get('server')).toContain('Azurite');

    program.child.kill('SIGTERM');
    expect(await program.ended()).toBe(0);
    for (const [, , endpoint = ''] of endpoints) expect(await becomesUnreachable(endpoint)).toBe(true);
  });
});
