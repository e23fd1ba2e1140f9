import type { Transport } from '../../net/transport.ts';
import { untilAborted } from '../../net/untilAborted.ts';
import { Problem } from '../../problem.ts';
import type { UcwaSettings } from './settings.ts';
import { findConference, type Conference } from './meetingPage.ts';
import { createRemembered } from './remembered.ts';

/** The conferences behind meeting URLs; each is looked up once, for all who wait for it. */
export interface Conferences {
  /** Throws `meeting-url-not-supported` if it cannot be derived, or what {@link findConference} throws. */
  of(meetingUrl: string, signal: AbortSignal): Promise<Conference>;
  /** What the meeting is by now, when the servers do not know it as `refused`; undefined if it is still that. */
  otherThan(refused: Conference, meetingUrl: string, signal: AbortSignal): Promise<Conference | undefined>;
}

const lookupTimeoutMs = 10_000;

export function createConferences(send: Transport, meetingHosts: UcwaSettings['meetingHosts']): Conferences {
  const remembered = createRemembered<Conference>();

  // What serves several guests runs on a time-out of its own; each guest waits for it only as long as they have.
  const of = async (meetingUrl: string, signal: AbortSignal): Promise<Conference> => {
    const url = new URL(meetingUrl);
    const domain = meetingHosts.get(url.hostname);
    if (domain === undefined) throw cannotDerive();
    const finding = remembered.get(meetingUrl, async () => {
      const found = await findConference(send, url, domain, AbortSignal.timeout(lookupTimeoutMs));
      if (!found) throw cannotDerive();
      return found;
    });
    return untilAborted(finding, signal);
  };

  return {
    of,
    async otherThan(refused, meetingUrl, signal) {
      const isOther = ({ uri, key }: Conference): boolean => uri !== refused.uri || key !== refused.key;
      const known = await of(meetingUrl, signal);
      if (isOther(known)) return known;
      // The key was changed since, or the page was silent and the conference had to be guessed.
      remembered.forget(meetingUrl, known);
      const found = await of(meetingUrl, signal);
      return isOther(found) ? found : undefined;
    },
  };
}

function cannotDerive(): Problem {
  return new Problem(
    'meeting-url-not-supported',
    "The conference cannot be derived from this URL. The administrator can map the meeting's host to its SIP domain in UCWA_MEETING_HOSTS.",
  );
}
