import { bearerToken, type Answer, type Request } from '../../http/exchange.ts';
import { answerOrRedirect, homeRedirect } from './bodyRedirect.ts';
import { challengeAnswer } from './challenge.ts';
import { homeOf } from './meetings.ts';
import { invalidToken } from './serverAnswers.ts';
import { rootPath, type Site } from './site.ts';

/** The path of UCWA on every host (ucwa.md §5). */
export const applicationsPaths = { '1.0': '/ucwa/v1/applications', '2.0': '/ucwa/oauth/v1/applications' } as const;

/** `user`: challenges; with a token of this host it says where UCWA is, or where to ask (ucwa.md §1.6). */
export function userAnswer(request: Request, site: Site): Answer {
  const { hosts, behaviour, state } = site;
  if (request.headers.authorization === undefined) return challengeAnswer(request, site, behaviour.challenge);
  const ticket = state.tickets.open(bearerToken(request) ?? '', request.host);
  if (!ticket) {
    const refusal = { status: behaviour.badTokenAtUser, headers: invalidToken(site) };
    return challengeAnswer(request, site, behaviour.challenge, refusal);
  }
  const home = ticket.conferenceUri === undefined ? 'here' : homeOf(state.meetings, organizerOf(ticket.conferenceUri));
  // OCDISCWS: an empty answer.
  if (home === 'unknown') return { status: 404, headers: {}, body: '' };

  const origin = `https://${request.host}`;
  const path = applicationsPaths[behaviour.version];
  const elsewhere = request.host === hosts.pool2 ? hosts.pool1 : hosts.pool2;
  const applicationsHost = { 'same-host': request.host, 'other-pool': elsewhere, foreign: hosts.foreign }[
    behaviour.applicationsOn
  ];
  const redirect = behaviour.postAuthRedirect === 'none' ? homeRedirect(home) : behaviour.postAuthRedirect;
  return answerOrRedirect(request, site, redirect, {
    name: 'User',
    accessLocation: behaviour.accessLocation,
    links: [
      // Without the `oauth` of the path that was asked for, as in the documents.
      { rel: 'self', token: 'Self', href: `${origin}${rootPath}/user` },
      {
        token: `${behaviour.accessLocation === 'Internal' ? 'External' : 'Internal'}/Ucwa`,
        href: `https://fe01.${site.domain}${path}`,
      },
      {
        rel: 'applications',
        token: `${behaviour.accessLocation}/Ucwa`,
        href: `https://${applicationsHost}${path}`,
        ...(behaviour.version === '2.0' && { revision: '2' }),
      },
      { rel: 'xframe', token: 'XFrame', href: `${origin}/Autodiscover/XFrame/XFrame.html` },
    ],
  });
}

function organizerOf(conferenceUri: string): string {
  return conferenceUri.split(';')[0] ?? '';
}
