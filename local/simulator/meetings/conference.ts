import { createHash } from 'node:crypto';

/** Names the room of a conference in paths, whatever letter case the conference is spelt in. */
export function roomId(conferenceUri: string): string {
  return createHash('sha256').update(conferenceUri.toLowerCase()).digest('hex').slice(0, 16);
}

/** Conference URIs are compared without regard to letter case: join URLs and tokens spell them differently. */
export function isSameConference(one: string | undefined, other: string | undefined): boolean {
  return one?.toLowerCase() === other?.toLowerCase();
}
