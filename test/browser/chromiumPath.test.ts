import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumPath } from './chromiumPath.ts';

/** The only folder of the path: nothing of the machine's own is found, least of all what installs. */
let folder: string;
let env: Record<string, string>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chromium-path-'));
  env = { PATH: folder };
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const install = (name: string, content = ''): string => {
  const path = join(folder, name);
  writeFileSync(path, content, { mode: 0o755 });
  return path;
};

test('the browser is the one on the path', () => {
  const path = install('chromium');
  expect(chromiumPath({ env, isRoot: true })).toBe(path);
});

test('CHROMIUM_PATH goes before', () => {
  install('chromium');
  expect(chromiumPath({ env: { ...env, CHROMIUM_PATH: '/opt/browser' } })).toBe('/opt/browser');
});

test('root has one installed', () => {
  const [asked, browser] = [join(folder, 'asked'), join(folder, 'chromium')];
  install('apt-get', `#!/bin/sh\necho "$*" >> ${asked}\n: > ${browser}\n/bin/chmod 755 ${browser}\n`);
  expect(chromiumPath({ env, isRoot: true })).toBe(browser);
  expect(readFileSync(asked, 'utf8')).toBe('update\ninstall -y --no-install-recommends chromium\n');
});

test.each([
  ['who is not root', false],
  ['where nothing installs', true],
])('%s is told the command', (_, isRoot) => {
  if (!isRoot) install('apt-get', '#!/bin/sh\nexit 1\n');
  writeFileSync(join(folder, 'chromium'), 'not a program', { mode: 0o644 });
  const command = 'apt-get update && apt-get install -y --no-install-recommends chromium';
  expect(() => chromiumPath({ env, isRoot })).toThrow(command);
});
