import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readSettings } from '../../lib/settings.ts';
import { until } from '../support/until.ts';
import { becomesUnreachable, killAll, run } from './processes.ts';

// A whole cloud is started here, in two processes.
jest.setTimeout(60_000);
afterEach(killAll);

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
    const program = run('cloud', {}, folder);
    await until(() => program.output().includes('Ctrl-C stops'), 25_000);
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
