import * as z from 'zod';
import type { Environment } from '../../lib/settings.ts';

/** The settings to examine. */
export interface Configuration {
  readonly environment: Environment;
  /** False for settings as Azure lists them: what App Service adds when it runs the app is not among them. */
  readonly isComplete: boolean;
}

/** A settings file that the doctor cannot read. The message quotes nothing of it. */
export class SettingsFileError extends Error {
  override readonly name = 'SettingsFileError';
}

const localSettings = z.object({ IsEncrypted: z.boolean().optional(), Values: z.record(z.string(), z.string()) });
const appSettings = z.array(z.object({ name: z.string(), value: z.string().nullable() }));

/** What the identity of the app is reached by: App Service puts it into the process, and lists it nowhere. */
const ofIdentity = ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER'] as const;

/**
 * Reads a local.settings.json (`Values`), or the list that `az functionapp config appsettings list` prints.
 * Throws {@link SettingsFileError}.
 * @param own the environment of this process, which may be the app's console.
 */
export function readSettingsFile(text: string, own: Environment): Configuration {
  const json = parseJson(text);
  const identity = Object.fromEntries(ofIdentity.map((name) => [name, own[name]]));
  const local = localSettings.safeParse(json).data;
  if (local?.IsEncrypted) {
    throw new SettingsFileError('The settings are encrypted: run `func settings decrypt` first.');
  }
  if (local) return { environment: { ...identity, ...local.Values }, isComplete: true };
  const listed = appSettings.safeParse(json).data;
  if (!listed) {
    throw new SettingsFileError(
      'The settings are neither a local.settings.json nor the list that `az functionapp config appsettings list` prints.',
    );
  }
  const values = Object.fromEntries(listed.map(({ name, value }) => [name, value ?? undefined]));
  // An app in Azure is never in development, whatever its settings say; this is what the service knows it by.
  const inAzure = { WEBSITE_INSTANCE_ID: own['WEBSITE_INSTANCE_ID'] ?? 'as-listed' };
  return { environment: { ...inAzure, ...identity, ...values }, isComplete: false };
}

/** Lets the Azure libraries find the identity that the settings name: they look into the process's environment only. */
export function adoptIdentity({ environment }: Configuration, own: NodeJS.ProcessEnv): void {
  for (const name of ofIdentity) if (environment[name]) own[name] = environment[name];
}

function parseJson(text: string): unknown {
  try {
    // Files of Windows begin with a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw new SettingsFileError('The settings are not JSON.');
  }
}
