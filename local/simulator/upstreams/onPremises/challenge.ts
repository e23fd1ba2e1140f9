import { tenantId } from '../entra/entraClients.ts';
import type { Answer, Request } from '../../http/exchange.ts';
import type { ChallengeForm } from './behaviour.ts';
import { statusPage } from './serverAnswers.ts';
import type { Site } from './site.ts';

/** Where web tickets are issued, on every host; advertised in this letter case (ucwa.md §2.1). */
export const ticketPath = '/WebTicket/oauthtoken';

const clientId = '00000004-0000-0ff1-ce00-000000000000';

/** A 401 (or 403) that says how to get a token: a page, and the challenge in one of the forms of ucwa.md §2.1. */
export function challengeAnswer(
  request: Request,
  site: Site,
  form: ChallengeForm,
  { status = 401, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Answer {
  const challenge = challengeHeader(request, site, form);
  return statusPage(status, { ...(challenge.length > 0 && { 'WWW-Authenticate': challenge }), ...headers });
}

/** The header's lines. */
function challengeHeader(request: Request, site: Site, form: ChallengeForm): string[] {
  const bearer = `Bearer trusted_issuers="00000001-0000-0000-c000-000000000000@${tenantId},${clientId}@${site.domain}"`;
  const onlineBearer = `${bearer}, client_id="${clientId}", authorization_uri="https://login.windows.net/common/oauth2/authorize"`;
  const emptyBearer = `Bearer trusted_issuers="", client_id="${clientId}"`;
  const { grants } = site.behaviour;
  const offered = `grant_type="${grants.join(',')}"`;
  const href = `https://${request.host}${ticketPath}`;
  const ticket = (link: string) => `MsRtcOAuth href="${link}",${offered}`;

  const lines: Record<ChallengeForm, string[]> = {
    'two-lines': [`${bearer}, client_id="${clientId}"`, ticket(href)],
    quoted: [ticket(href)],
    unquoted: [`MsRtcOAuth href=${href},${offered}`],
    merged: [`${emptyBearer}, ${ticket(href)}`],
    'merged-tight': [`${emptyBearer},${ticket(href)}`],
    'after-negotiate': ['Negotiate', 'NTLM', ticket(href)],
    'duplicate-grants': [`MsRtcOAuth href="${href}",grant_type="${[...grants, ...grants].join(',')}"`],
    'relative-href': [ticket(ticketPath)],
    'http-href': [ticket(`http://${request.host}${ticketPath}`)],
    'foreign-href': [ticket(`https://${site.hosts.foreign}${ticketPath}`)],
    'no-href': [`MsRtcOAuth ${offered}`],
    'bearer-only': [onlineBearer],
    'negotiate-only': ['Negotiate', 'NTLM'],
    none: [],
  };
  return lines[form];
}
