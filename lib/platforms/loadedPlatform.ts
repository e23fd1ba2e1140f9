import { CachedValue } from '../cachedValue.ts';
import type { AdapterOptions, ConfiguredPlatform, PlatformAdapter } from './descriptor.ts';
import type { MeetingPlatform } from './platform.ts';

/** A configured platform behind the port. Its adapter is loaded by the first call that needs it. */
export function loadedPlatform(configured: ConfiguredPlatform, options: AdapterOptions): MeetingPlatform {
  const { name, identity, longestTokenLifeSeconds, createsMeetings, probesJoins } = configured;
  const adapter = new CachedValue<PlatformAdapter>({
    load: () => configured.load(options),
    isFresh: () => true,
    now: options.now,
  });
  return {
    name,
    identity,
    longestTokenLifeSeconds,
    readLink: (meetingUrl) => configured.readLink(meetingUrl),
    issue: async (guest, signal) => (await adapter.get()).issue(guest, signal),
    reissue: async (guest, known, signal) => (await adapter.get()).reissue(guest, known, signal),
    check: async (signal) => (await adapter.get()).check(signal),
    ...(identity === 'stored' && {
      forget: async (known, signal) => (await adapter.get()).forget?.(known, signal),
    }),
    ...(createsMeetings && {
      async createMeeting(meeting, requestId, signal) {
        const loaded = await adapter.get();
        if (!loaded.createMeeting) throw new Error(`${name} does not create meetings`);
        return loaded.createMeeting(meeting, requestId, signal);
      },
    }),
    ...(probesJoins && {
      probeJoin: async (guest, signal) => (await (await adapter.get()).probeJoin?.(guest, signal)) ?? [],
    }),
  };
}
