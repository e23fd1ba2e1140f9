import type { LinkRefusal, MeetingLink, MeetingPlatform } from './platform.ts';

/** Which platform a link belongs to, and what it says of the link. */
interface PlatformLink {
  readonly platform: MeetingPlatform;
  readonly link: MeetingLink | LinkRefusal;
}

/** Asks the platforms whose link this is; undefined if it is none's. */
export function readMeetingLink(url: URL, platforms: readonly MeetingPlatform[]): PlatformLink | undefined {
  for (const platform of platforms) {
    const link = platform.readLink(url);
    if (link) return { platform, link };
  }
  return undefined;
}

/** Equal for spellings of one URL: scheme and host in lower case, no default port, no fragment; path and query as they are. */
export function canonicalUrl({ origin, pathname, search }: URL): string {
  return origin + pathname + search;
}
