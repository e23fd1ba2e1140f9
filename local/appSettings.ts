import { randomBytes } from 'node:crypto';
import { platformHosts } from './simulator/hostNames.ts';
import type { Simulator } from './simulator/simulator.ts';
import type { World } from './simulator/world.ts';

/** What the local vault holds from the start, made anew at every start. */
interface LocalSecrets {
  /** One line `kid.base64(32 bytes)`. */
  guestKeys: string;
  clientSecret: string;
}

const guestKeysName = 'guest-keys';
const clientSecretName = 'entra-client-secret';

/** Random secrets for one local cloud. */
export function makeLocalSecrets(): LocalSecrets {
  return {
    guestKeys: `k1.${randomBytes(32).toString('base64')}`,
    clientSecret: randomBytes(24).toString('base64url'),
  };
}

/** Puts the secrets where the settings of {@link appSettings} look for them. */
export function seedWith({ guestKeys, clientSecret }: LocalSecrets): (world: World) => void {
  return ({ secrets, entra }) => {
    secrets.set(guestKeysName, guestKeys);
    secrets.set(clientSecretName, clientSecret);
    entra.acceptedSecrets = [clientSecret];
  };
}

/** The app settings with which the service works against a simulator and a table account. */
export function appSettings(simulator: Simulator, tablesConnectionString: string): Record<string, string> {
  const { entra, managedIdentity, vault, platform, onPremises } = simulator;
  return {
    AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
    FUNCTIONS_WORKER_RUNTIME: 'node',
    TABLES_CONNECTION_STRING: tablesConnectionString,
    IDENTITY_ENDPOINT: managedIdentity.endpoint,
    IDENTITY_HEADER: managedIdentity.header,
    KEY_VAULT_URL: vault.url,
    GUEST_KEYS_SECRET_NAME: guestKeysName,
    ENTRA_TENANT_ID: entra.tenantId,
    ENTRA_CLIENT_ID: entra.clientId,
    ENTRA_CLIENT_SECRET_NAME: clientSecretName,
    ENTRA_AUTHORITY_HOST: entra.url,
    MEETING_PLATFORMS: 'trusted-application,ucwa',
    ALLOWED_ORIGINS: 'https://www.contoso.example,https://advisor.contoso.example',
    GUEST_RETENTION_HOURS: '24',
    TRUSTED_APPLICATION_DISCOVER_URL: platform.discoverUrl,
    TRUSTED_APPLICATION_ENDPOINT_ID: platform.endpointId,
    TRUSTED_APPLICATION_AUDIENCE: platform.audience,
    TRUSTED_APPLICATION_HOSTS: platform.hosts.join(','),
    TRUSTED_APPLICATION_MEETING_HOSTS: platform.meetingHosts.join(','),
    UCWA_MEETING_HOSTS: Object.entries(onPremises.meetingHosts)
      .map(([host, domain]) => `${host}=${domain}`)
      .join(','),
    UCWA_HOSTS: onPremises.hosts.join(','),
    UCWA_DISCOVERY: 'external',
    UCWA_HTTP_FIRST_HOP: 'off',
    DISCOVERY_CHECK_SCHEDULE: '0 */5 * * * *',
    PURGE_SCHEDULE: '0 17 * * * *',
    CALLER_AUTH: 'function-key',
    SAMPLE_SERVICE_ENDPOINTS: 'off',
    PUBLIC_BASE_URL: 'https://join.contoso.example',
    WEBHOOK_HOSTS: platformHosts.hooks,
    DEVELOPMENT_CONNECT_TO: `127.0.0.1:${platform.port}`,
  };
}
