import * as z from 'zod';
import { parseHostRule, parseHttpsUrl, type HostRule } from './hostRules.ts';

/** The meeting platforms that a deployment can configure in `MEETING_PLATFORMS`. */
export const platformNames = ['trusted-application'] as const;
export type PlatformName = (typeof platformNames)[number];

/**
 * An origin as browsers write it: https, or http and https on localhost for developers; undefined otherwise.
 * A trailing slash is dropped, a path is refused.
 */
export function parseOrigin(text: string, development: boolean): string | undefined {
  const url = parseHttpsUrl(text) ?? (development && localOrigin.test(text) ? new URL(text) : undefined);
  return url && /^[^/]+\/\/[^/]+\/?$/.test(text) ? url.origin : undefined;
}

const localOrigin = /^https?:\/\/localhost(?::[1-9][0-9]{0,4})?\/?$/i;
const publicAuthorityHosts = [
  'https://login.microsoftonline.com',
  'https://login.microsoftonline.us',
  'https://login.partner.microsoftonline.cn',
];

const list = (text: string): string[] => text.split(/[\s,;]+/).filter((entry) => entry !== '');

/** A setting with a parser of its own: undefined means `complaint`. */
const parsed = <T>(parse: (text: string) => T | undefined, complaint: string): z.ZodType<T, string> =>
  z.string('is missing').transform((text, context) => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: complaint });
    return z.NEVER;
  });

const everyEntry = <T>(parse: (text: string) => T | undefined, complaint: string): z.ZodType<readonly T[], string> =>
  parsed((text) => {
    const values = list(text).map(parse);
    const found = values.filter((value) => value !== undefined);
    return found.length > 0 && found.length === values.length ? found : undefined;
  }, complaint);

const guid = z.string('is missing').regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'must be a GUID');
const vaultName = z.string('is missing').regex(/^[0-9A-Za-z-]{1,127}$/, 'must be the name of a secret in the vault');
const hosts = (defaults: string): z.ZodType<readonly HostRule[]> =>
  everyEntry(parseHostRule, 'must be host names, separated by commas').prefault(defaults);
const endpoint = (development: boolean): z.ZodType<string, string> =>
  parsed(
    (text) => (parseHttpsUrl(text) ?? (development ? loopbackUrl(text) : undefined))?.href,
    'must be an https URL on a DNS name',
  );

function loopbackUrl(text: string): URL | undefined {
  return /^https?:\/\/(?:localhost|127\.0\.0\.1):[0-9]{1,5}(?:\/[\w/.-]*)?$/.test(text) ? new URL(text) : undefined;
}

function parseConnectTo(text: string): { host: string; port: number } | undefined {
  const [, host, port] = /^(127\.0\.0\.1|localhost):([1-9][0-9]{0,4})$/.exec(text) ?? [];
  return host && port ? { host, port: Number(port) } : undefined;
}

const developmentOnly = <T>(development: boolean, schema: z.ZodType<T>): z.ZodType<T | undefined> =>
  development ? schema.optional() : z.undefined('is for development only');

/** The settings of the service as a whole, by the names that an administrator writes. */
export const serviceSchema = (development: boolean) =>
  z.object({
    TABLES_CONNECTION_STRING: developmentOnly(
      development,
      z.string().includes('AccountName=', 'is not a connection string'),
    ),
    TABLES_ENDPOINT: endpoint(development).optional(),
    AZURE_CLIENT_ID: guid.optional(),
    KEY_VAULT_URL: endpoint(development),
    GUEST_KEYS_SECRET_NAME: vaultName,
    MEETING_PLATFORMS: everyEntry(
      (name) => platformNames.find((known) => known === name),
      `must name platforms out of: ${platformNames.join(', ')}`,
    ).prefault('trusted-application'),
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
    ALERT_WEBHOOK_URL: parsed(parseHttpsUrl, 'must be an https URL on a DNS name').optional(),
    CALLER_AUTH: z.literal('function-key', 'must be function-key').default('function-key'),
    DEVELOPMENT_CONNECT_TO: developmentOnly(
      development,
      parsed(parseConnectTo, 'must be 127.0.0.1 or localhost with a port'),
    ),
  });

/** The settings of the Trusted Application platform and of the Entra application that calls it. */
export const trustedApplicationSchema = (development: boolean) =>
  z.object({
    TRUSTED_APPLICATION_DISCOVER_URL: parsed(parseHttpsUrl, 'must be an https URL on a DNS name').prefault(
      'https://api.skypeforbusiness.com/platformservice/discover',
    ),
    TRUSTED_APPLICATION_ENDPOINT_ID: z
      .string('is missing')
      .regex(/^sip:[a-z0-9._-]+@[a-z0-9.-]+$/, 'must be a lower-case SIP URI such as sip:helpdesk@contoso.com'),
    TRUSTED_APPLICATION_AUDIENCE: z
      .string()
      .regex(/^[\x21-\x7e]{1,256}$/, 'must be a resource URI or an application id')
      .optional(),
    TRUSTED_APPLICATION_HOSTS: hosts('skypeforbusiness.com,lync.com'),
    TRUSTED_APPLICATION_MEETING_HOSTS: hosts('meet.lync.com,meet.resources.lync.com'),
    ENTRA_TENANT_ID: guid,
    ENTRA_CLIENT_ID: guid,
    ENTRA_CLIENT_SECRET_NAME: vaultName.optional(),
    ENTRA_CLIENT_CERTIFICATE_NAME: vaultName.optional(),
    ENTRA_AUTHORITY_HOST: parsed(
      (text) =>
        publicAuthorityHosts.find((host) => host === text.replace(/\/$/, '')) ??
        (development ? loopbackUrl(text)?.href : undefined),
      'must be the authority host of an Azure cloud',
    ).optional(),
  });
