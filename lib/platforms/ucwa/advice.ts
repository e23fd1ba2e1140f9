import { UpstreamFailure, type UpstreamFailureKind } from '../../net/transport.ts';
import {
  ChallengeFailure,
  DiscoveryFailure,
  MeetingPageFailure,
  TicketFailure,
  type ChallengeFailureCode,
  type DiscoveryFailureCode,
  type TicketFailureCode,
} from './failure.ts';
import type { Grant } from './webTicket.ts';
import { Problem } from '../../problem.ts';
import type { Advice } from '../examination.ts';

const anonymousJoin =
  'Allow anonymous join: Set-CsAccessEdgeConfiguration -AllowAnonymousUsers $true, and in the conferencing policy -AllowAnonymousParticipantsInMeetings $true.';
const cloud = 'The users are homed in the cloud, where UCWA on premises ends; their meetings need another platform.';
const webServices = 'See whether the web services of the pool and the reverse proxy in front of them are up.';

const ofDiscovery: Record<DiscoveryFailureCode, string> = {
  'all-tiers-failed':
    'Let lyncdiscover.<SIP domain> lead to the web services, with a certificate that has this name; each request above says what it met.',
  'redirect-blocked':
    'If the host is yours, add it to UCWA_HOSTS (`npm run ucwa`: --hosts); after a redirect over plain http also to UCWA_APPROVED_HOSTS.',
  'homed-online': cloud,
  endless: 'The servers send clients round; correct the autodiscovery and the pools that it names.',
  'no-pool': 'The home pool is gone and has no backup; fail it over or bring it up.',
  'user-unavailable': webServices,
  'no-applications': 'The organizer has to be homed on Lync Server 2013, Skype for Business Server 2015 or later.',
};

const ofChallenge: Record<ChallengeFailureCode, string> = {
  'no-challenge': 'The server does not offer web tickets (MsRtcOAuth); see whether a proxy takes the challenge away.',
  'homed-online': cloud,
  'no-endpoint': 'The challenge does not say where tickets are; see whether a proxy changes it.',
  'endpoint-refused':
    'The tickets are at a host that no key is sent to; if it is yours, add it to UCWA_HOSTS (`npm run ucwa`: --hosts), and if it is of another domain to UCWA_TRUSTED_DOMAINS.',
  'grant-not-offered': 'The server does not offer this grant; those that it offers are above.',
};

const ofTicket: Record<TicketFailureCode, string> = {
  invalid_request: 'The server finds the request malformed; report it.',
  invalid_grant: 'The server does not know the meeting or its key, or the user name or password.',
  unsupported_grant_type: 'The server does not give tickets by this grant.',
  invalid_scope: 'The server wants a scope, which none of the documents has; report it.',
  server_error: 'The server has an error of its own; try again, then see its event log.',
  credentials_missing: 'Give the user name with --user and the password in UCWA_PASSWORD.',
  interaction_required: 'Somebody has to sign in at a browser, which an unattended service cannot; use another grant.',
  integrated_windows:
    'The server wants integrated Windows sign-in (Negotiate or NTLM), which an unattended service cannot do; use another grant.',
  refused: webServices,
  unusable: 'The answer is none of the token endpoint’s; see whether a proxy answers in its place.',
};

const ofTransport: Record<UpstreamFailureKind, string> = {
  connection: 'See whether the name resolves, the port is open, and the certificate is valid for the name.',
  timeout: 'The server does not answer; see whether a firewall drops the requests.',
  cancelled: 'It took more than a minute in all; try again.',
  'too-large': 'The answer is far too long; see what answers there.',
  unreachable: 'See whether the host is up.',
};

/** What went wrong, and what an administrator can do about it. */
export function adviceOn(error: unknown, grant: Grant['kind']): Advice {
  const isAnonymous = grant === 'anonmeeting';
  if (error instanceof DiscoveryFailure) return { reason: error.message, nextStep: ofDiscovery[error.code] };
  if (error instanceof ChallengeFailure) {
    const isOff = error.code === 'grant-not-offered' && isAnonymous;
    return { reason: error.message, nextStep: isOff ? anonymousJoin : ofChallenge[error.code] };
  }
  if (error instanceof TicketFailure) {
    const isOff = error.code === 'unsupported_grant_type' && isAnonymous;
    const signIn = error.signInUrl ? ` It would be at ${error.signInUrl.href}` : '';
    return { reason: error.message, nextStep: (isOff ? anonymousJoin : ofTicket[error.code]) + signIn };
  }
  if (error instanceof UpstreamFailure) return { reason: error.message, nextStep: ofTransport[error.code] };
  if (error instanceof MeetingPageFailure) {
    return {
      reason: error.message,
      nextStep: 'See what the meeting URL answers, and whether --domain is its SIP domain.',
    };
  }
  if (error instanceof Problem) return { reason: error.code, nextStep: error.message };
  return { reason: 'unexpected', nextStep: String(error) };
}
