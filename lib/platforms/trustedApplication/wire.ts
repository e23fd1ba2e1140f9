import * as z from 'zod';
import { parseJson } from '../../json.ts';
import type { Meeting } from '../platform.ts';

/**
 * Answers of the platform service, read leniently where the captures differ: two link dialects, links in three places,
 * three date forms (docs/protocol/trusted-application-api.md §1.3, §8).
 */

const link = z.object({ href: z.string().min(1).max(8_192) });
const anyRecord = z.record(z.string(), z.unknown());
const resource = z.object({ _links: anyRecord.optional(), _embedded: anyRecord.optional() }).catchall(z.unknown());
type Resource = z.infer<typeof resource>;

const prefixes = ['service:', 'ms:rtc:saas:', ''];

/** The body as a resource; undefined if it is not a JSON object. */
export function parseResource(body: string): Resource | undefined {
  return resource.safeParse(parseJson(body)).data;
}

/**
 * The href of the link `rel` in either dialect: from `_links`, else from the embedded resource's own `self`, else from
 * the top level of either, where the documents abbreviate to.
 */
export function linkOf(from: Resource, rel: string): string | undefined {
  for (const name of prefixes.map((prefix) => prefix + rel)) {
    const embedded = resource.safeParse(from._embedded?.[name]).data;
    for (const candidate of [from._links?.[name], embedded?._links?.['self'], embedded?.['self'], from[name]]) {
      const found = link.safeParse(candidate);
      if (found.success) return found.data.href;
    }
  }
  return undefined;
}

// `/Date(1488872625837)/`, also with the backslashes of one capture and with the offset of the format's family.
const ajaxDate = /^\\?\/Date\((-?\d{1,16})(?:[+-]\d{4})?\)\\?\/$/;
const isoDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

const date = z
  .string()
  .transform((text) => {
    const ajax = ajaxDate.exec(text)?.[1];
    return ajax === undefined ? new Date(isoDate.test(text) ? text : Number.NaN) : new Date(Number(ajax));
  })
  .refine((read) => !Number.isNaN(read.getTime()));

const tokenFields = z.object({
  // What can stand in an Authorization header; the length leaves room over the captured 993.
  token: z.string().regex(/^[\x21-\x7e]{1,8192}$/),
  expiryTime: date,
});

/**
 * Reads the answer of anonApplicationTokens (docs/protocol/trusted-application-api.md §1.9); undefined if anything that a
 * guest needs is missing.
 */
export function parseTokenAnswer(body: string): (z.infer<typeof tokenFields> & { discoverUrl: string }) | undefined {
  const answer = parseResource(body);
  const { data } = tokenFields.safeParse(answer);
  const discoverUrl = answer && linkOf(answer, 'discover');
  return data && discoverUrl !== undefined ? { ...data, discoverUrl } : undefined;
}

const sipUri = z.string().regex(/^sip:[\x21-\x7e]{1,1020}$/i);
const id = z.string().regex(/^[\x21-\x7e]{1,64}$/);

const meetingFields = z.object({
  // As long as a meeting URL may be when a token is asked for.
  joinUrl: z.string().max(1_024),
  onlineMeetingUri: sipUri,
  organizerUri: sipUri,
  // Two names of one thing, of which some captures have one.
  conferenceId: id.nullish(),
  onlineMeetingId: id.nullish(),
  expirationTime: date,
});

/** Reads the answer of adhocMeetings (docs/protocol/trusted-application-api.md §7.2); undefined if anything is missing. */
export function parseMeetingAnswer(body: string): Meeting | undefined {
  const { data } = meetingFields.safeParse(parseResource(body));
  const conferenceId = data?.conferenceId ?? data?.onlineMeetingId;
  if (!data || !conferenceId) return undefined;
  const { joinUrl: meetingUrl, expirationTime: expiryTime, onlineMeetingUri, organizerUri } = data;
  return { meetingUrl, onlineMeetingUri, conferenceId, organizerUri, expiryTime };
}

const errorFields = z.object({ code: z.string().optional(), subcode: z.string().optional() });

/** The `subcode` of an error answer (docs/protocol/trusted-application-api.md §1.11); undefined if the body has none. */
export function subcodeOf(body: string): string | undefined {
  return errorFields.safeParse(parseResource(body)).data?.subcode;
}
