import { Console } from 'node:console';
import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { isDevelopment } from '../../lib/settings.ts';
import type { CommandIo } from '../commandIo.ts';
import { readCommandLine, usage, type Asked } from './commandLine.ts';
import { adoptIdentity, readSettingsFile, SettingsFileError, type Configuration } from './configuration.ts';
import { examine } from './examine.ts';
import { linesOf, statusLineOf } from './print.ts';

/**
 * Examines a configuration of the service, deployed or local, and says of each fault how to mend it. No secret is printed.
 * @param runAgainTrusting runs the same command in a process that trusts an authority, which the settings of the local
 *   cloud name as a file, and returns its exit code: Node reads NODE_EXTRA_CA_CERTS only when it starts.
 * @returns the exit code: 0 all pass or warn, 1 something fails, 2 the command or the settings file is not understood.
 */
export async function main(
  args: readonly string[],
  io: CommandIo,
  runAgainTrusting: (authority: string) => number,
): Promise<number> {
  const console = new Console(io.stdout, io.stderr);
  const asked = readCommandLine(args);
  if (!asked) {
    console.error(usage);
    return 2;
  }
  if (asked.help) {
    console.log(usage);
    return 0;
  }
  try {
    const configuration = await readConfiguration(asked, io);
    const authority = missingAuthority(asked, configuration, io);
    if (authority !== undefined) return runAgainTrusting(authority);
    adoptIdentity(configuration, io.env);
    return await examineAndPrint(asked, configuration, console);
  } catch (error) {
    if (!(error instanceof SettingsFileError)) throw error;
    console.error(error.message);
    return 2;
  }
}

async function readConfiguration({ settingsFile }: Asked, { env, stdin }: CommandIo): Promise<Configuration> {
  if (settingsFile === undefined) return { environment: env, isComplete: true };
  let text: string;
  try {
    text = settingsFile === '-' ? await readAll(stdin) : await readFile(settingsFile, 'utf8');
  } catch {
    throw new SettingsFileError(`The settings file ${settingsFile} cannot be read.`);
  }
  return readSettingsFile(text, env);
}

/** The authority of the local cloud if this process does not trust it. Piped settings cannot be read a second time. */
function missingAuthority(
  { settingsFile }: Asked,
  { environment }: Configuration,
  { env }: CommandIo,
): string | undefined {
  const authority = environment['NODE_EXTRA_CA_CERTS'];
  const isTrusted = env['NODE_EXTRA_CA_CERTS'] === authority;
  return settingsFile === '-' || isTrusted || !isDevelopment(environment) ? undefined : authority;
}

async function examineAndPrint({ asMe, json }: Asked, configuration: Configuration, console: Console): Promise<number> {
  const report = await examine(configuration, {
    asMe,
    onCheck: (result) => {
      if (!json) for (const line of linesOf(result)) console.log(line);
    },
  });
  console.log(json ? JSON.stringify(report, null, 2) : statusLineOf(report));
  return report.status === 'fail' ? 1 : 0;
}
