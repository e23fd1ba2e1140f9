import { meetingDomains } from '../hostNames.ts';

/** What a meeting URL says of its meeting. */
export interface Meeting {
  /** `sip:<user>@<tenant>.<suffix>;gruu;opaque=app:conf:focus:id:<id>`, in the URL's own letter case (§2). */
  conferenceUri: string;
}

/** Reads `https://<meeting host>/<tenant>/<user>/<id>`; undefined if the URL has another form. */
export function readMeeting(meetingUrl: string): Meeting | undefined {
  if (!URL.canParse(meetingUrl)) return undefined;
  const url = new URL(meetingUrl);
  const domain = meetingDomains[url.host];
  const [tenant, user, id, more] = url.pathname.split('/').filter(Boolean);
  if (url.protocol !== 'https:' || url.username || !domain || !tenant || !user || !id || more) return undefined;
  return { conferenceUri: `sip:${user}@${tenant}.${domain};gruu;opaque=app:conf:focus:id:${id}` };
}
