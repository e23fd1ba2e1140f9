import { randomUUID } from 'node:crypto';
import { deploymentHosts, sipDomains } from '../../hostNames.ts';
import type { Answer, Request } from '../../http/exchange.ts';
import { escapeXml } from './dialect.ts';
import type { OnPremisesMeeting } from './meetings.ts';
import { statusPage } from './serverAnswers.ts';
import type { Site } from './site.ts';

const xmlType = 'application/vnd.microsoft.lync.meeting+xml';
const namespace = 'http://schemas.microsoft.com/rtc/2009/05/simplejoinconfdoc';

/**
 * The page behind a join URL: for a client that asks for it by type and names itself, the conference as XML (ucwa.md
 * ucwa.md §7.6).
 */
export function meetAnswer(request: Request, site: Site): Answer {
  if (request.method !== 'GET') return statusPage(405, { Allow: 'GET' });
  const url = `https://${request.host}${request.path.replace(/\/$/, '')}`.toLowerCase();
  const meeting = site.state.meetings.find((candidate) => candidate.url.toLowerCase() === url);
  if (!meeting || meeting.page === 'not-found') return joinPage(404, '-1');
  if (meeting.page === 'redirect-foreign') {
    return statusPage(302, { Location: `https://${site.hosts.foreign}${request.path}` });
  }
  const asksForXml = (request.headers.accept ?? '').toLowerCase().includes(xmlType) && request.headers['user-agent'];
  if (!asksForXml || meeting.page === 'html') return joinPage(200, '');
  return { status: 200, headers: { 'Content-Type': `${xmlType}; charset=utf-8` }, body: document(meeting, site) };
}

/** What a browser gets. Its script variables are the ones that clients are known to read. */
function joinPage(status: number, errorCode: string): Answer {
  const variables = {
    validMeeting: String(errorCode === ''),
    escapedXML: '',
    lyncLaunchLink: '',
    domainOwnerJoinLauncherUrl: '',
    errorCode,
  };
  const script = Object.entries(variables).map(([name, value]) => `var ${name} = "${value}";`);
  return {
    status,
    headers: { 'Content-Type': 'text/html; charset=utf-8' },
    body: `<!DOCTYPE html>\r\n<html><head><script>${script.join('\r\n')}</script></head><body></body></html>\r\n`,
  };
}

function document({ url, conferenceUri, conferenceKey, page }: OnPremisesMeeting, { domain, hosts }: Site): string {
  const otherDomain = sipDomains.find((other) => other !== domain) ?? domain;
  const shownUri = page === 'other-domain' ? conferenceUri.replace(`@${domain};`, `@${otherDomain};`) : conferenceUri;
  const organizer = page === 'dtd' ? '&uri;' : escapeXml(shownUri);
  const ucwa = `https://${deploymentHosts(domain).web}/ucwa/v1/applications`;
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    ...(page === 'dtd' ? [`<!DOCTYPE conf-info [<!ENTITY uri "${escapeXml(shownUri)}">]>`] : []),
    `<conf-info xmlns="${page === 'wrong-namespace' ? 'urn:other' : namespace}">`,
    ...(page === 'no-conf-uri' ? [] : [`<conf-uri>${organizer}</conf-uri>`]),
    `<original-incoming-url>${escapeXml(url)}</original-incoming-url>`,
    `<conf-key>${escapeXml(conferenceKey)}</conf-key>`,
    `<fallback-url>${escapeXml(url)}?sl=1</fallback-url>`,
    `<ucwa-url>${ucwa}</ucwa-url><ucwa-ext-url>${ucwa}</ucwa-ext-url>`,
    `<ucwa-int-url>https://${hosts.pool1}/ucwa/v1/applications</ucwa-int-url>`,
    `<telemetry-id>${randomUUID()}</telemetry-id>`,
    '</conf-info>',
  ].join('');
}
