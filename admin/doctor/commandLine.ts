import { parseArgs } from 'node:util';

export const usage = `Usage: npm run doctor -- [options]
Checks a configuration of the service step by step, and says of each fault how to mend it. Changes nothing.
  --settings FILE  a local.settings.json, or the app settings of a deployed app; - reads standard input.
                   Without it: the environment of this process
  --as-me          opens the vault and the tables as you (az login), not with the app's managed identity
  --json           one JSON document: {status, checks: [{name, status, reason?, nextStep?, latencyMs}]}
  --help           this page
A deployed app, from an administrator's machine:
  az functionapp config appsettings list --resource-group GROUP --name APP |
    npm run --silent doctor -- --settings - --as-me
Exit code: 0 all pass or warn, 1 something fails, 2 the command or the settings file is not understood.`;

/** What an administrator asked for. */
export interface Asked {
  /** Undefined: the environment of the process. */
  readonly settingsFile: string | undefined;
  readonly asMe: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/** Undefined if it makes no sense. */
export function readCommandLine(args: readonly string[]): Asked | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        settings: { type: 'string' },
        'as-me': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const { settings: settingsFile, 'as-me': asMe, json, help } = values;
    return settingsFile === '' ? undefined : { settingsFile, asMe, json, help };
  } catch {
    return undefined;
  }
}
