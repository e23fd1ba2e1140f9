import * as z from 'zod';
import { parseHttpsUrl } from '../hostRules.ts';
import {
  developmentOnly,
  everyEntry,
  guid,
  hostList,
  httpsUrl,
  parsed,
  parseOrigin,
  serviceUrl,
  vaultName,
} from './readers.ts';

/** How callers prove themselves: the host's function keys, or Entra tokens that App Service authentication has checked. */
const callerAuthKinds = ['function-key', 'entra'] as const;

/** The endpoints of the platform's sample service: not there, with a function key, or open to everybody as they were. */
export const sampleServiceModes = ['off', 'keyed', 'open'] as const;
export type SampleServiceMode = (typeof sampleServiceModes)[number];

/**
 * The settings of the service as a whole, by the names that an administrator writes.
 * @param platformNames what `MEETING_PLATFORMS` may name
 */
export const serviceSchema = (development: boolean, platformNames: readonly string[]) =>
  z.object({
    TABLES_CONNECTION_STRING: developmentOnly(
      development,
      z.string().includes('AccountName=', 'is not a connection string'),
    ),
    TABLES_ENDPOINT: serviceUrl(development).optional(),
    AZURE_CLIENT_ID: guid.optional(),
    KEY_VAULT_URL: serviceUrl(development),
    GUEST_KEYS_SECRET_NAME: vaultName,
    MEETING_PLATFORMS: everyEntry(
      (name) => platformNames.find((known) => known === name),
      `must name platforms out of: ${platformNames.join(', ')}`,
    ),
    ALLOWED_ORIGINS: everyEntry(
      (text) => parseOrigin(text, development),
      'must be https origins, separated by commas',
    ).refine((origins) => origins.join(';').length <= 500, 'must fit into 500 characters'),
    GUEST_RETENTION_HOURS: z.coerce
      .number('must be a number of hours')
      .int('must be whole hours')
      .min(1, 'must be at least 1')
      .max(8_760, 'must be at most 8760')
      .default(24),
    // The outlet (lib/net/webhookOutlet.ts) goes to no other port.
    ALERT_WEBHOOK_URL: httpsUrl.refine(({ port }) => port === '', 'must be on port 443').optional(),
    SYNTHETIC_JOIN_MEETING_URLS: parsed(parseTestMeetings, 'must be https URLs, separated by commas').optional(),
    CALLER_AUTH: z.enum(callerAuthKinds, `must be ${callerAuthKinds.join(' or ')}`).default('function-key'),
    CALLER_TENANT_ID: guid.optional(),
    CALLER_APP_IDS: everyEntry(
      (text) => (guid.safeParse(text).success ? text.toLowerCase() : undefined),
      'must be application ids, separated by commas',
    ).optional(),
    SAMPLE_SERVICE_ENDPOINTS: z.enum(sampleServiceModes, `must be ${sampleServiceModes.join(', ')}`).default('off'),
    PUBLIC_BASE_URL: parsed(
      (text) => parseOrigin(text, development),
      'must be an https origin such as https://join.contoso.com',
    ).optional(),
    // The flow service's own hosts for inbound triggers in the public cloud (power-automate-docs, ip-address-configuration).
    WEBHOOK_HOSTS: hostList
      .refine((hosts) => hosts.every(({ port }) => port === ''), 'must be on port 443')
      .prefault('logic.azure.com,api.powerplatform.com'),
    DEVELOPMENT_CONNECT_TO: developmentOnly(
      development,
      parsed(parseConnectTo, 'must be 127.0.0.1 or localhost with a port'),
    ),
  });

/** Meetings that health checks try to join, verbatim; undefined if one is no https URL. A meeting URL may hold semicolons. */
function parseTestMeetings(text: string): readonly string[] | undefined {
  const urls = text.split(',').map((entry) => entry.trim());
  return urls.every((url) => parseHttpsUrl(url) !== undefined) ? urls : undefined;
}

function parseConnectTo(text: string): { host: string; port: number } | undefined {
  const [, host, port] = /^(127\.0\.0\.1|localhost):([1-9][0-9]{0,4})$/.exec(text) ?? [];
  return host && Number(port) <= 65_535 ? { host, port: Number(port) } : undefined;
}
