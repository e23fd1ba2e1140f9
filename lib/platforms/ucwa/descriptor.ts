import { readSchema } from '../../settings/readers.ts';
import type { PlatformDescriptor } from '../descriptor.ts';
import { canonicalUrl } from '../meetingLinks.ts';
import { ucwaSchema, ucwaSettings } from './settings.ts';

const renewal = "Change the account's password and put it into the vault as a new version.";

/** Skype for Business Server and Lync Server on premises: UCWA 1.0 and 2.0. */
export const ucwa: PlatformDescriptor = {
  name: 'ucwa',
  schema: () => ucwaSchema,
  configure(given) {
    const { values, mistakes } = readSchema(ucwaSchema, given);
    const typed = values && ucwaSettings(values);
    if (!typed) return { platform: undefined, mistakes };
    const { settings } = typed;
    const { meetingHosts, checkAccount } = settings;
    return {
      mistakes: [...mistakes, ...typed.mistakes],
      platform: {
        name: 'ucwa',
        identity: 'replaced',
        longestTokenLifeSeconds: 3_600,
        createsMeetings: false,
        probesJoins: true,
        meetingHosts: { setting: 'UCWA_MEETING_HOSTS', hosts: [...meetingHosts.keys()] },
        secrets: checkAccount ? [{ secretName: checkAccount.secretName, shape: 'password', renewal }] : [],
        readLink: (url) =>
          url.port === '' && meetingHosts.has(url.hostname) ? { meetingKey: canonicalUrl(url) } : undefined,
        examine: async (examination, options) => (await import('./examine.ts')).examine(settings, examination, options),
        load: async (options) => new (await import('./ucwa.ts')).Ucwa(settings, options),
      },
    };
  },
};
