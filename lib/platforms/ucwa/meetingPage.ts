import * as z from 'zod';
import { UpstreamFailure, type Transport } from '../../net/transport.ts';
import { conferenceOf, parseConferenceUri, type ConferenceUri } from './conferenceUri.ts';
import { readXml } from './resource.ts';

/** A conference with the key that opens it; the key goes to a checked token endpoint and nowhere else. */
export interface Conference extends ConferenceUri {
  readonly key: string;
}

/** The meeting page's answer cannot be trusted: hostile XML, another organizer's domain, a form that is no conference. */
export class MeetingPageFailure extends Error {
  override readonly name = 'MeetingPageFailure';
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

/**
 * From a meeting URL to its conference (docs/protocol/ucwa.md §7.6), in the order of preference: the URL itself if it holds
 * the conference URI; the meeting page's conf-info, the only authority on organizer, id and key; where the page does not
 * answer in XML, the path under the SIP domain that is configured for this host. Undefined if none of them tells.
 * Throws {@link MeetingPageFailure} if the page answers with something that must not be used, or the transport's failure
 * when the caller's time is up.
 * @param domain the SIP domain that the meeting's host is configured for; an organizer of another one is refused.
 */
export async function findConference(
  send: Transport,
  meetingUrl: URL,
  domain: string,
  signal: AbortSignal,
): Promise<Conference | undefined> {
  if (/^\/join$/i.test(meetingUrl.pathname)) return fromQuery(meetingUrl, domain);
  return (await fromPage(send, meetingUrl, domain, signal)) ?? fromPath(meetingUrl, domain);
}

/** What the caller wrote: a mistake in it is the caller's, and not an answer that cannot be used. */
function fromQuery({ searchParams }: URL, domain: string): Conference | undefined {
  const conference = parseConferenceUri(searchParams.get('uri') ?? '');
  const key = conferenceKey.optional().safeParse(searchParams.get('key') ?? undefined);
  return conference?.domain === domain && key.success ? opened(conference, key.data) : undefined;
}

async function fromPage(
  send: Transport,
  url: URL,
  domain: string,
  signal: AbortSignal,
): Promise<Conference | undefined> {
  const page = new URL(url);
  page.hash = '';
  try {
    const headers = { accept: meetingXml, 'user-agent': 'anonymous-join' };
    const { status, headers: answered, body } = await send({ method: 'GET', url: page, headers }, signal);
    if (status !== 200 || !xmlType.test(answered['content-type'] ?? '')) return undefined;
    const found = confInfo.safeParse(await readXml(body)).data?.['conf-info'];
    if (!found) throw new MeetingPageFailure('not a conf-info document');
    return within(parseConferenceUri(found['conf-uri']), domain, found['conf-key']);
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

function within(conference: ConferenceUri | undefined, domain: string, key: string | undefined): Conference {
  if (!conference) throw new MeetingPageFailure('not a conference URI');
  if (conference.domain !== domain) throw new MeetingPageFailure("not of this host's SIP domain");
  return opened(conference, key);
}

/** In every sample of the documents the key is the conference id; it stands in where no key is given. */
function opened(conference: ConferenceUri, key: string | undefined): Conference {
  return { ...conference, key: key ?? conference.uri.slice(conference.uri.lastIndexOf(':') + 1) };
}
