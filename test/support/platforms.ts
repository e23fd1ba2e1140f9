import * as z from 'zod';
import { openVault } from '../../lib/azure/vault.ts';
import { HttpTransport } from '../../lib/net/transport.ts';
import type { AdapterOptions } from '../../lib/platforms/descriptor.ts';
import { loadedPlatform } from '../../lib/platforms/loadedPlatform.ts';
import type { MeetingPlatform } from '../../lib/platforms/platform.ts';
import {
  trustedApplicationSchema,
  trustedApplicationSettings,
  type TrustedApplicationSettings,
} from '../../lib/platforms/trustedApplication/settings.ts';
import { ucwaSchema, ucwaSettings, type UcwaSettings } from '../../lib/platforms/ucwa/settings.ts';

import type { Settings } from '../../lib/settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The typed settings of one adapter, for tests that make it without a service. */
export function trustedApplicationOf(environment: Environment): TrustedApplicationSettings {
  return trustedApplicationSettings(parsed(trustedApplicationSchema(true), environment)).settings;
}

export function ucwaOf(environment: Environment): UcwaSettings {
  return ucwaSettings(parsed(ucwaSchema, environment)).settings;
}

function parsed<S extends z.ZodObject>(schema: S, environment: Environment): z.output<S> {
  return schema.parse(Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined)));
}

/** A platform of these settings by itself, as another process would have it. */
export function platformOf(settings: Settings, name: string, options: Partial<AdapterOptions> = {}): MeetingPlatform {
  const configured = settings.platforms.find((platform) => platform.name === name);
  if (!configured) throw new Error(`the settings name no platform ${name}`);
  return loadedPlatform(configured, {
    development: settings.development,
    readSecret: openVault(settings),
    transport: new HttpTransport({ connectTo: settings.connectTo }).send,
    now: Date.now,
    ...options,
  });
}
