import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startHostProcess } from '../../../local/host/startHostProcess.ts';
import { meetingUrl, pemFile, startTestCloud } from '../../support/testCloud.ts';

// A copy of the repository as far as the build reads it, so that a build going on beside this test is not disturbed; and a
// folder outside of it, where no node_modules is above what is staged.
const sources = mkdtempSync(join(tmpdir(), 'anonymous-join-sources-'));
const staged = join(mkdtempSync(join(tmpdir(), 'anonymous-join-staged-')), 'deployment');

const stage = (...folder: string[]) =>
  spawnSync(process.execPath, [resolve('infra/hooks/stageDeployment.js'), ...folder], {
    cwd: sources,
    encoding: 'utf8',
  });

beforeAll(() => {
  for (const name of ['build.js', 'package.json', 'host.json', 'functions', 'lib']) {
    cpSync(name, join(sources, name), { recursive: true });
  }
  symlinkSync(resolve('node_modules'), join(sources, 'node_modules'));
  execFileSync(process.execPath, ['build.js'], { cwd: sources });
});
afterAll(() => {
  for (const folder of [sources, join(staged, '..')]) rmSync(folder, { recursive: true, force: true });
});

test('the bundle, host.json and a bare package.json are all that is deployed', () => {
  expect(stage(staged)).toMatchObject({ status: 0, stderr: '' });
  writeFileSync(join(staged, 'left-over.js'), '');
  expect(stage(staged)).toMatchObject({ status: 0, stderr: '' });

  expect(readdirSync(staged).toSorted()).toEqual(['dist', 'host.json', 'package.json']);
  expect(readdirSync(join(staged, 'dist')).toSorted()).toEqual(['app.js', 'chunks']);
  expect(readFileSync(join(staged, 'host.json'))).toEqual(readFileSync('host.json'));
  const manifest = JSON.parse(readFileSync(join(staged, 'package.json'), 'utf8')) as object;
  expect(manifest).toMatchObject({ type: 'module', main: 'dist/app.js' });
  for (const name of ['dependencies', 'devDependencies', 'scripts']) expect(manifest).not.toHaveProperty(name);
});

test('it gives a token where there is no node_modules', async () => {
  stage(staged);
  const cloud = await startTestCloud();
  const environment = { ...cloud.environment, NODE_EXTRA_CA_CERTS: pemFile('ca'), NODE_OPTIONS: undefined };
  const host = await startHostProcess({ appFolder: staged, functionKey: 'key', timers: false, environment });
  try {
    // Vault, Entra, tables and platform: the SDKs are loaded on the way.
    const response = await fetch(`${host.url}/api/v1/anonymous-tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-functions-key': 'key' },
      body: JSON.stringify({ meetingUrl }),
    });
    expect(response.status).toBe(201);
  } finally {
    await host.stop();
    await cloud.stop();
  }
});

test('without a folder it does nothing', () => {
  expect(stage()).toMatchObject({ status: 1, stderr: expect.stringContaining('Name the folder') as string });
});
