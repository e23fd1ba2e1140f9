import { Problem } from './problem.ts';
import type { HostRule } from './hostRules.ts';
import type { ConfiguredPlatform, PlatformDescriptor } from './platforms/descriptor.ts';
import { platformDescriptors } from './platforms/platforms.ts';
import { callerAuthOf, type CallerAuth } from './settings/callers.ts';
import { oneOfTwo, readSchema } from './settings/readers.ts';
import { sampleServiceModes, serviceSchema, type SampleServiceMode } from './settings/service.ts';

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
  /** The platforms that are on, in the order of the list (platforms/platforms.ts). */
  readonly platforms: readonly ConfiguredPlatform[];
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

/**
 * Reads and checks every setting. Throws `configuration-invalid`: all mistakes stand in its message, by name and never by
 * value.
 * @param descriptors the platforms that can be on
 */
export function readSettings(
  environment: Environment,
  descriptors: readonly PlatformDescriptor[] = platformDescriptors,
): Settings {
  const given = Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value?.trim() ? [[name, value.trim()]] : [])),
  );
  const development = isDevelopment(environment);
  const names = descriptors.map(({ name }) => name);
  const { values: service, mistakes } = readSchema(serviceSchema(development, names), given);
  // Read leniently: whether the names are right is the schema's business.
  const on = (given['MEETING_PLATFORMS'] ?? '').split(/[\s,;]+/);
  const configured = descriptors
    .filter(({ name }) => on.includes(name))
    .map((descriptor) => descriptor.configure(given, development));
  const platforms = configured.flatMap(({ platform }) => platform ?? []);
  const callers = service && callerAuthOf(service, given);
  const all = [
    ...mistakes,
    ...oneOfTwo(given, 'TABLES_ENDPOINT', 'TABLES_CONNECTION_STRING'),
    ...configured.flatMap((one) => one.mistakes),
    ...overlaps(platforms),
    // A platform whose own settings are mistaken could not say which meetings are its own.
    ...(platforms.length === configured.length
      ? testMeetingMistakes(service?.SYNTHETIC_JOIN_MEETING_URLS ?? [], platforms)
      : []),
    ...(callers?.mistakes ?? []),
  ];
  if (all.length > 0 || !service || !callers) {
    throw new Problem('configuration-invalid', `Correct the settings: ${all.join('; ')}.`);
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
    platforms,
  };
}

/** A meeting belongs to one platform, whichever is asked first. */
function overlaps(platforms: readonly ConfiguredPlatform[]): string[] {
  return platforms.flatMap((one, index) =>
    platforms.slice(index + 1).flatMap((other) => {
      const isReadBy = (platform: ConfiguredPlatform) => (host: string) =>
        platform.readLink(new URL(`https://${host}/`)) !== undefined;
      const doOverlap = other.meetingHosts.hosts.some(isReadBy(one)) || one.meetingHosts.hosts.some(isReadBy(other));
      return doOverlap ? [`${one.meetingHosts.setting} and ${other.meetingHosts.setting} overlap`] : [];
    }),
  );
}

/** What is wrong with the test meetings: each is one of a platform that is on, and no platform has two. */
function testMeetingMistakes(urls: readonly string[], platforms: readonly ConfiguredPlatform[]): string[] {
  const owners = urls.map((url) => platforms.find((platform) => platform.readLink(new URL(url)) !== undefined));
  const known = owners.filter((owner) => owner !== undefined);
  return [
    ...(known.length < urls.length ? ['SYNTHETIC_JOIN_MEETING_URLS must be on meeting hosts of this service'] : []),
    ...(new Set(known).size < known.length ? ['SYNTHETIC_JOIN_MEETING_URLS must name one meeting a platform'] : []),
  ];
}
