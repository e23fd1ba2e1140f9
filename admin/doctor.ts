/**
 * `npm run doctor -- [--settings FILE] [--as-me] [--json]`: examines a configuration of the service, deployed or local,
 * and says of each fault how to mend it. No secret is printed. Exit code: 0 all pass or warn, 1 something fails, 2 the
 * command or the settings file is not understood.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isDevelopment } from '../lib/settings.ts';
import { readCommandLine, usage, type Asked } from './doctor/commandLine.ts';
import { adoptIdentity, readSettingsFile, SettingsFileError, type Configuration } from './doctor/configuration.ts';
import { examine } from './doctor/examine.ts';
import { linesOf, statusLineOf } from './doctor/print.ts';

const asked = readCommandLine(process.argv.slice(2));
if (!asked) refuse(usage);
else if (asked.help) console.log(usage);
else {
  try {
    const configuration = read(asked.settingsFile);
    const authority = missingAuthority(asked, configuration);
    process.exitCode = authority === undefined ? await run(asked, configuration) : runAgainTrusting(authority);
  } catch (error) {
    if (!(error instanceof SettingsFileError)) throw error;
    refuse(error.message);
  }
}

function refuse(why: string): void {
  console.error(why);
  process.exitCode = 2;
}

function read(settingsFile: string | undefined): Configuration {
  if (settingsFile === undefined) return { environment: process.env, isComplete: true };
  let text: string;
  try {
    text = readFileSync(settingsFile === '-' ? 0 : settingsFile, 'utf8');
  } catch {
    throw new SettingsFileError(`The settings file ${settingsFile} cannot be read.`);
  }
  return readSettingsFile(text, process.env);
}

async function run({ asMe, json }: Asked, configuration: Configuration): Promise<number> {
  adoptIdentity(configuration, process.env);
  const report = await examine(configuration, {
    asMe,
    onCheck: (result) => {
      if (!json) for (const line of linesOf(result)) console.log(line);
    },
  });
  console.log(json ? JSON.stringify(report, null, 2) : statusLineOf(report));
  return report.status === 'fail' ? 1 : 0;
}

/** The local cloud's own authority, which its settings name. Node reads the variable when it starts, and only then. */
function missingAuthority({ settingsFile }: Asked, { environment }: Configuration): string | undefined {
  const authority = environment['NODE_EXTRA_CA_CERTS'];
  const isTrusted = process.env['NODE_EXTRA_CA_CERTS'] === authority;
  return settingsFile === '-' || isTrusted || !isDevelopment(environment) ? undefined : authority;
}

function runAgainTrusting(authority: string): number {
  const args = [...process.execArgv, ...process.argv.slice(1)];
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: authority };
  return spawnSync(process.execPath, args, { env, stdio: 'inherit' }).status ?? 1;
}
