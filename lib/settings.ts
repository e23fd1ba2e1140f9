import type * as z from 'zod';
import { isHostAllowed, type HostRule } from './hostRules.ts';
import { Problem } from './problem.ts';
import { oneOfTwo } from './settings/readers.ts';
import { testMeetingMistakes } from './settings/syntheticJoin.ts';
import { callerAuthOf, type CallerAuth } from './settings/callers.ts';
import {
  platformNames,
  sampleServiceModes,
  serviceSchema,
  type PlatformName,
  type SampleServiceMode,
} from './settings/service.ts';
import {
  trustedApplicationSchema,
  trustedApplicationSettings,
  type TrustedApplicationSettings,
} from './settings/trustedApplication.ts';
import { ucwaSchema, ucwaSettings, type UcwaSettings } from './settings/ucwa.ts';

/** What an administrator has configured, typed and checked. */
export interface Settings {
  /** `AZURE_FUNCTIONS_ENVIRONMENT=Development` and not in Azure: loopback servers and self-made certificates. */
  readonly development: boolean;
  readonly tables: { readonly connectionString: string } | { readonly endpoint: string };
  readonly managedIdentityClientId: string | undefined;
  readonly keyVaultUrl: string;
  readonly guestKeysSecretName: string;
  /** Origins that a meeting token may carry; not the CORS list of our own endpoints. */
  readonly allowedOrigins: readonly string[];
  readonly guestRetentionHours: number;
  readonly alertWebhookUrl: URL | undefined;
  /** Join URLs of meetings that health checks try to join, at most one a platform; undefined: none. */
  readonly syntheticJoinMeetingUrls: readonly string[] | undefined;
  readonly callerAuth: CallerAuth;
  readonly sampleServiceEndpoints: SampleServiceMode;
  /** Origin of the deployment as callers reach it; for URLs that we hand out. */
  readonly publicBaseUrl: string | undefined;
  /** Hosts that callbacks of health subscriptions may name. */
  readonly webhookHosts: readonly HostRule[];
  /** Undefined: the platform is not on. */
  readonly trustedApplication: TrustedApplicationSettings | undefined;
  readonly ucwa: UcwaSettings | undefined;
  /** Development only: every upstream host is reached at this address, as with curl's `--connect-to`. */
  readonly connectTo: { readonly host: string; readonly port: number } | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Whether the switches of a developer's machine may be used; never in Azure, whatever the settings say. */
export function isDevelopment(environment: Environment): boolean {
  return (
    environment['AZURE_FUNCTIONS_ENVIRONMENT'] === 'Development' && environment['WEBSITE_INSTANCE_ID'] === undefined
  );
}

/**
 * What decides how functions are registered, before anything is checked. Settings that are mistaken count as the closed
 * choice; requests then say what is wrong.
 */
export function readRegistrationSettings(environment: Environment): {
  callerAuth: CallerAuth['kind'];
  sampleServiceEndpoints: SampleServiceMode;
} {
  const read = (name: string): string | undefined => environment[name]?.trim();
  return {
    callerAuth: read('CALLER_AUTH') === 'entra' ? 'entra' : 'function-key',
    sampleServiceEndpoints: sampleServiceModes.find((mode) => mode === read('SAMPLE_SERVICE_ENDPOINTS')) ?? 'off',
  };
}

/** Reads and checks every setting; all mistakes stand in one `configuration-invalid` message, by name, never by value. */
export function readSettings(environment: Environment): Settings {
  const given = Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value?.trim() ? [[name, value.trim()]] : [])),
  );
  const development = isDevelopment(environment);
  const mistakes: string[] = [];
  const read = <S extends z.ZodType>(schema: S): z.output<S> | undefined => {
    const result = schema.safeParse(given);
    if (result.success) return result.data;
    mistakes.push(...result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`));
    return undefined;
  };
  const requireOneOf = (first: string, second: string): void => {
    const complaint = oneOfTwo(second, [given[first], given[second]]);
    if (complaint) mistakes.push(`${first} ${complaint}`);
  };
  const isOn = (platform: PlatformName): boolean => platformsOf(given['MEETING_PLATFORMS']).includes(platform);

  const service = read(serviceSchema(development));
  requireOneOf('TABLES_ENDPOINT', 'TABLES_CONNECTION_STRING');
  let trustedApplication: TrustedApplicationSettings | undefined;
  if (isOn('trusted-application')) {
    const application = read(trustedApplicationSchema(development));
    requireOneOf('ENTRA_CLIENT_SECRET_NAME', 'ENTRA_CLIENT_CERTIFICATE_NAME');
    const typed = application && trustedApplicationSettings(application);
    mistakes.push(...(typed?.mistakes ?? []));
    trustedApplication = typed?.settings;
  }
  const onPremises = isOn('ucwa') ? read(ucwaSchema) : undefined;
  const typedUcwa = onPremises && ucwaSettings(onPremises);
  mistakes.push(...(typedUcwa?.mistakes ?? []));
  const ucwa = typedUcwa?.settings;
  if (trustedApplication && ucwa) mistakes.push(...overlaps(trustedApplication, ucwa));
  // A platform whose own settings are mistaken could not say which meetings are its own.
  const arePlatformsKnown =
    isOn('trusted-application') === Boolean(trustedApplication) && isOn('ucwa') === Boolean(ucwa);
  if (arePlatformsKnown) {
    mistakes.push(...testMeetingMistakes(service?.SYNTHETIC_JOIN_MEETING_URLS ?? [], { trustedApplication, ucwa }));
  }
  const callers = service && callerAuthOf(service, given);
  mistakes.push(...(callers?.mistakes ?? []));

  if (mistakes.length > 0 || !service || !callers) {
    throw new Problem('configuration-invalid', `Correct the settings: ${mistakes.join('; ')}.`);
  }
  return {
    development,
    tables: service.TABLES_CONNECTION_STRING
      ? { connectionString: service.TABLES_CONNECTION_STRING }
      : { endpoint: service.TABLES_ENDPOINT ?? '' },
    managedIdentityClientId: service.AZURE_CLIENT_ID,
    keyVaultUrl: service.KEY_VAULT_URL,
    guestKeysSecretName: service.GUEST_KEYS_SECRET_NAME,
    allowedOrigins: service.ALLOWED_ORIGINS,
    guestRetentionHours: service.GUEST_RETENTION_HOURS,
    alertWebhookUrl: service.ALERT_WEBHOOK_URL,
    syntheticJoinMeetingUrls: service.SYNTHETIC_JOIN_MEETING_URLS,
    callerAuth: callers.callerAuth,
    sampleServiceEndpoints: service.SAMPLE_SERVICE_ENDPOINTS,
    publicBaseUrl: service.PUBLIC_BASE_URL,
    webhookHosts: service.WEBHOOK_HOSTS,
    connectTo: service.DEVELOPMENT_CONNECT_TO,
    trustedApplication,
    ucwa,
  };
}

/** Read leniently: whether the names are right is the schema's business. */
function platformsOf(text = 'trusted-application'): readonly string[] {
  return platformNames.filter((name) => text.split(/[\s,;]+/).includes(name));
}

/** A meeting belongs to one platform, whichever was asked first. */
function overlaps({ meetingHosts }: TrustedApplicationSettings, ucwa: UcwaSettings): string[] {
  const hosts = [...ucwa.meetingHosts.keys()].map((host) => new URL(`https://${host}`));
  return hosts.some((url) => isHostAllowed(url, meetingHosts))
    ? ['TRUSTED_APPLICATION_MEETING_HOSTS and UCWA_MEETING_HOSTS overlap']
    : [];
}
