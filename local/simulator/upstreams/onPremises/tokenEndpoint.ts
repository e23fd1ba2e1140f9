import { randomUUID } from 'node:crypto';
import { remember } from '../../calls.ts';
import type { Answer, Request } from '../../http/exchange.ts';
import { comparable, findMeeting } from './meetings.ts';
import { statusPage } from './serverAnswers.ts';
import type { Site } from './site.ts';
import { passiveSignIn, readTokenForm, tokenAnswer, tokenError } from './tokenAnswers.ts';
import { digestOf } from './webTickets.ts';

type Form = ReadonlyMap<string, string>;

const grants = new Map<string, (request: Request, site: Site, form: Form) => Answer>([
  ['urn:microsoft.rtc:anonmeeting', anonymousGrant],
  ['password', passwordGrant],
  ['urn:microsoft.rtc:windows', windowsGrant],
  ['urn:microsoft.rtc:passive', passiveGrant],
]);

/** The web ticket service's OAuth endpoint (ucwa.md §2.2 to 2.7). */
export function ticketAnswer(request: Request, site: Site): Answer {
  if (request.method !== 'POST') return statusPage(405, { Allow: 'POST' });
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  const form = type === 'application/x-www-form-urlencoded' ? readTokenForm(request.body) : undefined;
  const grantType = form?.get('grant_type');
  if (!form || !grantType) return tokenError(site, 'invalid_request');
  const grant = site.behaviour.grants.includes(grantType) ? grants.get(grantType) : undefined;
  if (!grant) return tokenError(site, 'unsupported_grant_type');
  if ((form.get('scope') ?? 'all') !== 'all') return tokenError(site, 'invalid_scope');
  return grant(request, site, form);
}

function anonymousGrant(request: Request, site: Site, form: Form): Answer {
  const key = form.get('password');
  const conferenceUri = form.get('ms_rtc_conferenceuri');
  const earlierToken = form.get('ms_rtc_renew');
  if (!key || !conferenceUri || earlierToken === '') return tokenError(site, 'invalid_request');

  const meeting = findMeeting(site.state.meetings, site.domain, conferenceUri);
  if (meeting?.conferenceKey !== key) return tokenError(site, 'invalid_grant');

  const keyDigest = digestOf(key);
  const earlier = earlierToken === undefined ? undefined : site.state.tickets.open(earlierToken, request.host);
  const continues =
    comparable(earlier?.conferenceUri ?? '') === comparable(conferenceUri) && earlier?.keyDigest === keyDigest;
  if (earlierToken !== undefined && !continues) return tokenError(site, 'invalid_grant');

  const identity = earlier?.identity ?? `sip:${randomUUID()}@anonymous.invalid`;
  return issue(request, site, { identity, conferenceUri, keyDigest, renewed: earlier !== undefined });
}

function passwordGrant(request: Request, site: Site, form: Form): Answer {
  const [username, password] = [form.get('username'), form.get('password')];
  if (!username || !password) return tokenError(site, 'invalid_request');
  const identity = username.toLowerCase();
  const known = Object.entries(site.behaviour.accounts);
  if (!known.some((account) => account[0] === identity && account[1] === password)) {
    return tokenError(site, 'invalid_grant');
  }
  return issue(request, site, { identity });
}

/** Every Negotiate or NTLM credential is accepted. */
function windowsGrant(request: Request, site: Site, form: Form): Answer {
  if (form.has('username') || form.has('password')) return tokenError(site, 'invalid_request');
  const isSignedIn = /^(Negotiate|NTLM) +\S/i.test(request.headers.authorization ?? '');
  return isSignedIn
    ? issue(request, site, { identity: 'windows-account' })
    : statusPage(401, { 'WWW-Authenticate': ['Negotiate', 'NTLM'] });
}

/** Every value of the cookie that federated sign-in sets is accepted. */
function passiveGrant(request: Request, site: Site, form: Form): Answer {
  if (form.has('username') || form.has('password')) return tokenError(site, 'invalid_request');
  const isSignedIn = /(^|;\s*)RPSAuth=[^;\s]/.test(request.headers.cookie ?? '');
  return isSignedIn ? issue(request, site, { identity: 'federated-account' }) : passiveSignIn(request, site);
}

interface Bearer {
  identity: string;
  /** Of an anonymous participant. */
  conferenceUri?: string;
  keyDigest?: string;
  renewed?: boolean;
}

function issue(request: Request, site: Site, { renewed = false, ...bearer }: Bearer): Answer {
  const { behaviour, domain, now, state } = site;
  const { host } = request;
  const isAnonymous = bearer.conferenceUri !== undefined;
  const lifetimeSeconds = isAnonymous ? behaviour.tokenLifetimeSeconds : behaviour.signedInLifetimeSeconds;
  const expiresAt = now + lifetimeSeconds * 1000;
  const token = state.tickets.seal({ ...bearer, host, expiresAt });
  const { identity, conferenceUri } = bearer;
  remember(state.issued, { deployment: domain, host, conferenceUri, identity, token, renewed, at: now, expiresAt });
  return tokenAnswer(site, token, lifetimeSeconds, isAnonymous ? undefined : 'local');
}
