import { lookup as systemLookup } from 'node:dns/promises';
import { openVault } from '../../lib/azure/vault.ts';
import { HttpTransport } from '../../lib/net/transport.ts';
import type { Lookup } from '../../lib/net/webhookOutlet.ts';
import { azureCommands } from './azureCommands.ts';
import type { Configuration } from './configuration.ts';
import { checkEndpoints } from './endpointChecks.ts';
import { startExamination, type CheckResult, type Report } from './examination.ts';
import { checkIdentity, identityOf } from './identity.ts';
import { checkSecrets } from './secrets.ts';
import { checkSettings } from './settingsChecks.ts';
import { checkTables } from './tables.ts';
import { checkVault } from './vault.ts';

export interface ExamineOptions {
  /** Opens the vault and the tables as the administrator who is signed in with the Azure CLI. */
  readonly asMe?: boolean;
  /** Gets each check as it ends. */
  readonly onCheck?: (result: CheckResult) => void;
  /** This machine's clock, in milliseconds since 1970. */
  readonly now?: () => number;
  readonly lookup?: Lookup;
  /** How long one call to a meeting platform may take; as the service's own by default. */
  readonly callTimeoutMs?: number;
  /** The same of the vault and the tables. */
  readonly azureCallTimeoutMs?: number;
}

/**
 * Examines a configuration, from its settings outwards. Of a chain in which each part needs the one before it, nothing
 * behind the first failure is tried. Changes nothing anywhere, and reports no secret.
 */
export async function examine(configuration: Configuration, options: ExamineOptions = {}): Promise<Report> {
  const { asMe = false, onCheck = () => undefined, now = Date.now, callTimeoutMs, azureCallTimeoutMs } = options;
  const lookup = options.lookup ?? ((hostname) => systemLookup(hostname, { all: true }));
  const { environment } = configuration;
  const examination = startExamination(onCheck);
  const settings = checkSettings(examination, environment);
  if (!settings) return examination.report();
  await checkEndpoints(examination, settings, configuration, lookup);

  const { development, connectTo } = settings;
  const identity = identityOf(asMe);
  const commands = azureCommands(settings, environment, identity);
  const open = {
    identity: identity.open,
    ...(azureCallTimeoutMs !== undefined && { callTimeoutMs: azureCallTimeoutMs }),
  };
  const readSecret = openVault(settings, open);
  const transport = new HttpTransport({ connectTo, ...(callTimeoutMs !== undefined && { callTimeoutMs }) }).send;

  // Loaded before anything is timed: latencies are those of the servers.
  await Promise.all([import('@azure/identity'), import('@azure/keyvault-secrets'), import('@azure/data-tables')]);
  const isVaultThere = await checkVault(examination, settings, now);
  const isIdentityThere = await checkIdentity(examination, settings, { identity, environment });
  const usableSecrets =
    isVaultThere && isIdentityThere
      ? await checkSecrets(examination, settings, { readSecret, commands, now })
      : new Set<string>();
  if (isIdentityThere || 'connectionString' in settings.tables) {
    await checkTables(examination, settings, { open, commands });
  }
  for (const platform of settings.platforms) {
    await platform.examine(examination, { development, readSecret, transport, now, usableSecrets });
  }
  return examination.report();
}
