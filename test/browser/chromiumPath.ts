import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

interface Surroundings {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly isRoot?: boolean;
}

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const steps = [['update'], ['install', '-y', '--no-install-recommends', 'chromium']];
const command = steps.map((step) => ['apt-get', ...step].join(' ')).join(' && ');

/**
 * The system's Chromium, or the one that CHROMIUM_PATH names. Where there is none it is installed, if there is an apt-get and
 * the tests run as root; else it throws an error that names the command. Tests without a browser never pass.
 */
export function chromiumPath({ env = process.env, isRoot = process.getuid?.() === 0 }: Surroundings = {}): string {
  const find = (...programs: string[]): string | undefined => {
    const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
    return folders.flatMap((folder) => programs.map((program) => join(folder, program))).find(isExecutable);
  };
  const path = env['CHROMIUM_PATH'] ?? find(...names);
  if (path !== undefined) return path;
  // By its whole path, and with these surroundings alone: else a test of this would install a browser.
  const aptGet = find('apt-get');
  if (isRoot && aptGet !== undefined) {
    for (const step of steps) execFileSync(aptGet, step, { env, stdio: 'inherit', timeout: 300_000 });
  }
  const installed = find(...names);
  if (installed !== undefined) return installed;
  throw new Error(`The browser tests need Chromium. Install it (${command}), or name it in CHROMIUM_PATH.`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
