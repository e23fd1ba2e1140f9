import * as z from 'zod';
import type { EntraSettings } from '../../azure/entraToken.ts';
import { isHostAllowed, type HostRule } from '../../hostRules.ts';
import { guid, hostList, httpsUrl, parsed, parseLoopbackUrl, vaultName } from '../../settings/readers.ts';

/** The Trusted Application platform (docs/protocol/trusted-application-api.md §1, §3). */
export interface TrustedApplicationSettings {
  readonly discoverUrl: URL;
  readonly endpointId: string;
  readonly audience: string;
  readonly hosts: readonly HostRule[];
  readonly meetingHosts: readonly HostRule[];
  readonly entra: EntraSettings;
}

const publicAuthorityHosts = [
  'https://login.microsoftonline.com',
  'https://login.microsoftonline.us',
  'https://login.partner.microsoftonline.cn',
];

/** The settings of the Trusted Application platform and of the Entra application that calls it. */
export const trustedApplicationSchema = (development: boolean) =>
  z.object({
    TRUSTED_APPLICATION_DISCOVER_URL: httpsUrl.prefault('https://api.skypeforbusiness.com/platformservice/discover'),
    TRUSTED_APPLICATION_ENDPOINT_ID: z
      .string('is missing')
      .regex(/^sip:[a-z0-9._-]+@[a-z0-9.-]+$/, 'must be a lower-case SIP URI such as sip:helpdesk@contoso.com'),
    TRUSTED_APPLICATION_AUDIENCE: z
      .string()
      .regex(/^[\x21-\x7e]{1,256}$/, 'must be a resource URI or an application id')
      .optional(),
    TRUSTED_APPLICATION_HOSTS: hostList.prefault('skypeforbusiness.com,lync.com'),
    TRUSTED_APPLICATION_MEETING_HOSTS: hostList.prefault('meet.lync.com,meet.resources.lync.com'),
    ENTRA_TENANT_ID: guid,
    ENTRA_CLIENT_ID: guid,
    ENTRA_CLIENT_SECRET_NAME: vaultName.optional(),
    ENTRA_CLIENT_CERTIFICATE_NAME: vaultName.optional(),
    ENTRA_AUTHORITY_HOST: parsed(
      (text) =>
        publicAuthorityHosts.find((host) => host === text.replace(/\/$/, '')) ??
        (development ? parseLoopbackUrl(text)?.href : undefined),
      'must be the authority host of an Azure cloud',
    ).optional(),
  });

/** Their typed form, and what is wrong between them. */
export function trustedApplicationSettings(given: z.output<ReturnType<typeof trustedApplicationSchema>>): {
  settings: TrustedApplicationSettings;
  mistakes: string[];
} {
  const discoverUrl = given.TRUSTED_APPLICATION_DISCOVER_URL;
  const hosts = given.TRUSTED_APPLICATION_HOSTS;
  const outside = isHostAllowed(discoverUrl, hosts)
    ? []
    : ['TRUSTED_APPLICATION_DISCOVER_URL is not within TRUSTED_APPLICATION_HOSTS'];
  return {
    settings: {
      discoverUrl,
      endpointId: given.TRUSTED_APPLICATION_ENDPOINT_ID,
      audience: given.TRUSTED_APPLICATION_AUDIENCE ?? discoverUrl.origin,
      hosts,
      meetingHosts: given.TRUSTED_APPLICATION_MEETING_HOSTS,
      entra: {
        tenantId: given.ENTRA_TENANT_ID,
        clientId: given.ENTRA_CLIENT_ID,
        authorityHost: given.ENTRA_AUTHORITY_HOST,
        credential: given.ENTRA_CLIENT_SECRET_NAME
          ? { kind: 'secret', name: given.ENTRA_CLIENT_SECRET_NAME }
          : { kind: 'certificate', name: given.ENTRA_CLIENT_CERTIFICATE_NAME ?? '' },
      },
    },
    mistakes: outside,
  };
}
