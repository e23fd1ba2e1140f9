import * as z from 'zod';
import { CachedValues } from '../../cachedValue.ts';
import { UpstreamFailure, type Transport } from '../../net/transport.ts';
import { untilAborted } from '../../net/untilAborted.ts';
import { Problem } from '../../problem.ts';
import { conferenceOf, parseConferenceUri, type ConferenceUri } from './conferenceUri.ts';
import { MeetingPageFailure } from './failure.ts';
import { readXml } from './resource.ts';
import type { UcwaSettings } from './settings.ts';

/** A conference with the key that opens it; the key goes to a checked token endpoint and nowhere else. */
export interface Conference extends ConferenceUri {
  readonly key: string;
}

const lookupTimeoutMs = 10_000;

/** The conferences behind meeting URLs; each is looked up once, for all who wait for it. */
export class Conferences {
  readonly #known = new CachedValues<Conference>();
  readonly #send: Transport;
  readonly #meetingHosts: UcwaSettings['meetingHosts'];

  constructor(send: Transport, meetingHosts: UcwaSettings['meetingHosts']) {
    this.#send = send;
    this.#meetingHosts = meetingHosts;
  }

  /**
   * The conference of a meeting URL. Throws `meeting-url-not-supported` if it cannot be derived, or what
   * {@link findConference} throws.
   */
  async of(meetingUrl: string, signal: AbortSignal): Promise<Conference> {
    const url = new URL(meetingUrl);
    const domain = this.#meetingHosts.get(url.hostname);
    if (domain === undefined) throw cannotDerive();
    // What serves several guests runs on a time-out of its own; each guest waits for it only as long as they have.
    const finding = this.#known.get(meetingUrl, async () => {
      const found = await findConference(url, {
        send: this.#send,
        domain,
        signal: AbortSignal.timeout(lookupTimeoutMs),
      });
      if (!found) throw cannotDerive();
      return found;
    });
    return untilAborted(finding, signal);
  }

  /** What the meeting is by now, when the servers do not know it as `refused`; undefined if it is still that. */
  async otherThan(refused: Conference, meetingUrl: string, signal: AbortSignal): Promise<Conference | undefined> {
    const isOther = ({ uri, key }: Conference): boolean => uri !== refused.uri || key !== refused.key;
    const known = await this.of(meetingUrl, signal);
    if (isOther(known)) return known;
    // The key was changed since, or the page did not answer and the conference had to be guessed.
    this.#known.invalidate(meetingUrl, known);
    const found = await this.of(meetingUrl, signal);
    return isOther(found) ? found : undefined;
  }
}

function cannotDerive(): Problem {
  return new Problem(
    'meeting-url-not-supported',
    "The conference cannot be derived from this URL. The administrator can map the meeting's host to its SIP domain in UCWA_MEETING_HOSTS.",
  );
}

const meetingXml = 'Application/vnd.microsoft.lync.meeting+xml';
// Not a page in XHTML, which is none of the meeting's documents.
const xmlType = /^\s*(?:application\/(?:vnd\.microsoft\.lync\.meeting\+)?xml|text\/xml)\s*(?:;|$)/i;
const namespace = 'http://schemas.microsoft.com/rtc/2009/05/simplejoinconfdoc';
const conferenceKey = z
  .string()
  .regex(/^.{1,256}$/)
  // Half of a surrogate pair, which XML can spell, could not be sent on.
  .refine((key) => key.isWellFormed());
const confInfo = z.object({
  'conf-info': z.object({
    '@': z.object({ xmlns: z.literal(namespace) }),
    'conf-uri': z.string(),
    'conf-key': conferenceKey.optional(),
  }),
});

/** How a conference is looked up. */
interface Lookup {
  readonly send: Transport;
  /** The SIP domain that the meeting's host is configured for; an organizer of another one is refused. */
  readonly domain: string;
  readonly signal: AbortSignal;
}

/**
 * From a meeting URL to its conference (docs/protocol/ucwa.md §7.6), in the order of preference: the URL itself if it holds
 * the conference URI; the meeting page's conf-info, the only authority on organizer, id and key; where the page does not
 * answer in XML, the path under the SIP domain that is configured for this host. Undefined if none of them has it.
 * Throws {@link MeetingPageFailure} if the page answers with something that must not be used, or the transport's failure
 * when the caller's time is up.
 */
export async function findConference(meetingUrl: URL, lookup: Lookup): Promise<Conference | undefined> {
  if (/^\/join$/i.test(meetingUrl.pathname)) return fromQuery(meetingUrl, lookup.domain);
  return (await fromPage(meetingUrl, lookup)) ?? fromPath(meetingUrl, lookup.domain);
}

/** What the caller wrote: a mistake in it is the caller's, and not an answer that cannot be used. */
function fromQuery({ searchParams }: URL, domain: string): Conference | undefined {
  const conference = parseConferenceUri(searchParams.get('uri') ?? '');
  const key = conferenceKey.optional().safeParse(searchParams.get('key') ?? undefined);
  return conference?.domain === domain && key.success ? opened(conference, key.data) : undefined;
}

async function fromPage(url: URL, { send, domain, signal }: Lookup): Promise<Conference | undefined> {
  const page = new URL(url);
  page.hash = '';
  try {
    const headers = { accept: meetingXml, 'user-agent': 'anonymous-join' };
    const { status, headers: answered, body } = await send({ method: 'GET', url: page, headers }, signal);
    if (status !== 200 || !xmlType.test(answered['content-type'] ?? '')) return undefined;
    const found = confInfo.safeParse(await readXml(body)).data?.['conf-info'];
    if (!found) throw new MeetingPageFailure('not a conf-info document');
    const conference = parseConferenceUri(found['conf-uri']);
    if (!conference) throw new MeetingPageFailure('not a conference URI');
    if (conference.domain !== domain) throw new MeetingPageFailure("not of this host's SIP domain");
    return opened(conference, found['conf-key']);
  } catch (error) {
    if (error instanceof UpstreamFailure && !signal.aborted) return undefined;
    throw error;
  }
}

/** `/<user>/<id>` or `/Meet/<user>/<id>`: a guess, which the administrator allowed by naming the host's SIP domain. */
function fromPath({ pathname }: URL, domain: string): Conference | undefined {
  const [, user, id] = /^\/(?:meet\/)?([A-Za-z0-9._+-]{1,64})\/([A-Za-z0-9_-]{1,64})\/?$/i.exec(pathname) ?? [];
  return user && id ? { ...conferenceOf(user, domain, id), key: id } : undefined;
}

/** In every sample of the documents the key is the conference id; it stands in where no key is given. */
function opened(conference: ConferenceUri, key: string | undefined): Conference {
  return { ...conference, key: key ?? conference.uri.slice(conference.uri.lastIndexOf(':') + 1) };
}
