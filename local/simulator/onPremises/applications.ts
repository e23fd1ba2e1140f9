import { randomUUID } from 'node:crypto';
import { bearerToken, type Answer, type Request } from '../http/exchange.ts';
import { challengeAnswer } from './challenge.ts';
import { diagnostics, invalidToken, statusPage, ucwaError } from './serverAnswers.ts';
import type { Site } from './site.ts';

/** UCWA, as far as it is simulated: it challenges like discovery, and creates an application (§2.8, §3.1). */
export function applicationsAnswer(request: Request, site: Site): Answer {
  const { behaviour, tickets } = site;
  if (request.headers.authorization === undefined) {
    return challengeAnswer(request, site, behaviour.applicationsChallenge);
  }
  if (!tickets.open(bearerToken(request) ?? '', request.host)) return badToken(request, site);
  return request.method === 'POST' ? created(request) : ucwaError(405, 'MethodNotAllowed');
}

function badToken(request: Request, site: Site): Answer {
  const { badTokenAtApplications: status, applicationsChallenge } = site.behaviour;
  if (status === 500) {
    return statusPage(500, { 'X-Ms-diagnostics': diagnostics(site, 28032, 'The web ticket is invalid.') });
  }
  return challengeAnswer(request, site, applicationsChallenge, { status, headers: invalidToken(site) });
}

function created({ path }: Request): Answer {
  const self = `${path}/${randomUUID().replaceAll('-', '')}`;
  const resource = {
    _links: { self: { href: self }, events: { href: `${self}/events?ack=1` } },
    _embedded: {
      communication: {
        _links: {
          self: { href: `${self}/communication` },
          joinOnlineMeeting: { href: `${self}/communication/onlineMeetingInvitations` },
        },
        rel: 'communication',
      },
    },
    rel: 'application',
  };
  const headers = { 'Content-Type': 'application/json; charset=utf-8', Location: self };
  return { status: 201, headers, body: JSON.stringify(resource) };
}
