import { oneOfTwo, readSchema } from '../../settings/readers.ts';
import { isHostAllowed } from '../../hostRules.ts';
import type { PlatformDescriptor } from '../descriptor.ts';
import { canonicalUrl } from '../meetingLinks.ts';
import { trustedApplicationSchema, trustedApplicationSettings } from './settings.ts';

const renewal =
  'Make a new one in Entra, put it into the vault as a new version, then remove the old one in Entra (SECURITY.md, "Rotation").';

/** The Skype for Business Trusted Application API. */
export const trustedApplication: PlatformDescriptor = {
  name: 'trusted-application',
  schema: trustedApplicationSchema,
  configure(given, development) {
    const { values, mistakes } = readSchema(trustedApplicationSchema(development), given);
    const credential = oneOfTwo(given, 'ENTRA_CLIENT_SECRET_NAME', 'ENTRA_CLIENT_CERTIFICATE_NAME');
    const typed = values && trustedApplicationSettings(values);
    const all = [...mistakes, ...credential, ...(typed?.mistakes ?? [])];
    if (!typed) return { platform: undefined, mistakes: all };
    const { settings } = typed;
    const { kind, name: secretName } = settings.entra.credential;
    return {
      mistakes: all,
      platform: {
        name: 'trusted-application',
        identity: 'none',
        longestTokenLifeSeconds: 28_800,
        createsMeetings: true,
        probesJoins: true,
        meetingHosts: {
          setting: 'TRUSTED_APPLICATION_MEETING_HOSTS',
          hosts: settings.meetingHosts.map(({ host, port }) => (port ? `${host}:${port}` : host)),
        },
        secrets: [{ secretName, shape: kind === 'secret' ? 'password' : 'certificate', renewal }],
        tenantEndpointId: settings.endpointId,
        readLink: (url) => (isHostAllowed(url, settings.meetingHosts) ? { meetingKey: canonicalUrl(url) } : undefined),
        examine: async (examination, options) => (await import('./examine.ts')).examine(settings, examination, options),
        load: async (options) => {
          const { TrustedApplication } = await import('./trustedApplication.ts');
          return new TrustedApplication(settings, options);
        },
      },
    };
  },
};
