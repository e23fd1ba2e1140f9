import type * as z from 'zod';
import { isHostAllowed, type HostRule } from './hostRules.ts';
import { Problem } from './problem.ts';
import { serviceSchema, trustedApplicationSchema } from './settingsSchema.ts';

/** The Entra application in whose name a platform is called. */
export interface EntraSettings {
  readonly tenantId: string;
  readonly clientId: string;
  readonly authorityHost: string | undefined;
  /** The vault's name of the client secret or of the PEM certificate. */
  readonly credential: { readonly kind: 'secret' | 'certificate'; readonly name: string };
}

/** The Trusted Application platform (protocol/trusted-application-api.md §1, §3). */
export interface TrustedApplicationSettings {
  readonly discoverUrl: URL;
  readonly endpointId: string;
  readonly audience: string;
  readonly hosts: readonly HostRule[];
  readonly meetingHosts: readonly HostRule[];
  readonly entra: EntraSettings;
}

export interface Settings {
  /** `AZURE_FUNCTIONS_ENVIRONMENT=Development` and not in Azure: loopback servers and self-made certificates. */
  readonly development: boolean;
  readonly tables: { readonly connectionString: string } | { readonly endpoint: string };
  readonly managedIdentityClientId: string | undefined;
  readonly keyVaultUrl: string;
  readonly guestKeysSecretName: string;
  /** Origins that a meeting token may carry; not the CORS list of our own doors. */
  readonly allowedOrigins: readonly string[];
  readonly guestRetentionHours: number;
  readonly alertWebhookUrl: URL | undefined;
  readonly trustedApplication: TrustedApplicationSettings | undefined;
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

  const service = read(serviceSchema(development));
  const usesTrustedApplication = given['MEETING_PLATFORMS']?.includes('trusted-application') ?? true;
  const application = usesTrustedApplication ? read(trustedApplicationSchema(development)) : undefined;
  mistakes.push(...oneOfTwo(given, 'TABLES_ENDPOINT', 'TABLES_CONNECTION_STRING'));
  if (
    application &&
    !isHostAllowed(application.TRUSTED_APPLICATION_DISCOVER_URL, application.TRUSTED_APPLICATION_HOSTS)
  ) {
    mistakes.push('TRUSTED_APPLICATION_DISCOVER_URL is not within TRUSTED_APPLICATION_HOSTS');
  }
  if (usesTrustedApplication) {
    mistakes.push(...oneOfTwo(given, 'ENTRA_CLIENT_SECRET_NAME', 'ENTRA_CLIENT_CERTIFICATE_NAME'));
  }
  if (mistakes.length > 0 || !service) {
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
    connectTo: service.DEVELOPMENT_CONNECT_TO,
    trustedApplication: application && {
      discoverUrl: application.TRUSTED_APPLICATION_DISCOVER_URL,
      endpointId: application.TRUSTED_APPLICATION_ENDPOINT_ID,
      audience: application.TRUSTED_APPLICATION_AUDIENCE ?? application.TRUSTED_APPLICATION_DISCOVER_URL.origin,
      hosts: application.TRUSTED_APPLICATION_HOSTS,
      meetingHosts: application.TRUSTED_APPLICATION_MEETING_HOSTS,
      entra: {
        tenantId: application.ENTRA_TENANT_ID,
        clientId: application.ENTRA_CLIENT_ID,
        authorityHost: application.ENTRA_AUTHORITY_HOST,
        credential: application.ENTRA_CLIENT_SECRET_NAME
          ? { kind: 'secret', name: application.ENTRA_CLIENT_SECRET_NAME }
          : { kind: 'certificate', name: application.ENTRA_CLIENT_CERTIFICATE_NAME ?? '' },
      },
    },
  };
}

function oneOfTwo(given: Environment, first: string, second: string): string[] {
  const count = Number(given[first] !== undefined) + Number(given[second] !== undefined);
  if (count === 1) return [];
  return [count === 0 ? `${first} or ${second} is missing` : `${first} and ${second} exclude each other`];
}
