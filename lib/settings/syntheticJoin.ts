import { isHostAllowed, parseHttpsUrl } from '../hostRules.ts';
import type { TrustedApplicationSettings } from './trustedApplication.ts';
import type { UcwaSettings } from './ucwa.ts';

/** Meetings that health checks try to join, verbatim; undefined if one is no https URL. A meeting URL may hold semicolons. */
export function parseTestMeetings(text: string): readonly string[] | undefined {
  const urls = text.split(',').map((entry) => entry.trim());
  const isList = urls.every((url) => parseHttpsUrl(url) !== undefined);
  return isList ? urls : undefined;
}

/** What is wrong with the test meetings: each is one of a platform that is on, and no platform has two. */
export function testMeetingMistakes(
  urls: readonly string[],
  on: { trustedApplication: TrustedApplicationSettings | undefined; ucwa: UcwaSettings | undefined },
): string[] {
  const platforms = urls.map((text) => {
    const url = new URL(text);
    if (on.trustedApplication && isHostAllowed(url, on.trustedApplication.meetingHosts)) return 'trusted-application';
    return on.ucwa?.meetingHosts.has(url.hostname) && url.port === '' ? 'ucwa' : undefined;
  });
  const known = platforms.filter((platform) => platform !== undefined);
  return [
    ...(known.length < urls.length ? ['SYNTHETIC_JOIN_MEETING_URLS must be on meeting hosts of this service'] : []),
    ...(new Set(known).size < known.length ? ['SYNTHETIC_JOIN_MEETING_URLS must name one meeting a platform'] : []),
  ];
}
