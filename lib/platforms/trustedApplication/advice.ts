import { UpstreamFailure } from '../../net/transport.ts';
import { Problem } from '../../problem.ts';
import type { TrustedApplicationSettings } from './settings.ts';
import { causesOf } from '../causes.ts';
import type { Advice } from '../examination.ts';
import { aadstsAdvice } from './aadsts.ts';
import { adminConsent, skypeForBusinessOnline } from './permissions.ts';
import { AnswerFailure } from '../failures.ts';
import { unreachable } from '../unreachable.ts';
import { TrustedApplicationFailure } from './failure.ts';

/** The last request of the platform before a step failed. */
export interface LastRequest {
  readonly host: string;
  /** Of the answer; undefined if there was none. */
  readonly status: number | undefined;
}

/** What a failed step means, by the status of the last answer (docs/protocol/trusted-application-api.md §1.6, §1.11). */
export function discoveryAdvice(
  error: unknown,
  { host, status }: LastRequest,
  application: TrustedApplicationSettings,
): Advice | undefined {
  const { endpointId, entra } = application;
  if (error instanceof UpstreamFailure) {
    if (error.code !== 'too-large') return unreachable(error, host, 'TRUSTED_APPLICATION_DISCOVER_URL');
    return { reason: 'The answer is far too long to be the platform’s.', nextStep: seeWhoAnswers };
  }
  if (causesOf(error).some(({ message }) => message.includes('AADSTS'))) return explainToken(error, application);
  const isKnown = error instanceof AnswerFailure || error instanceof TrustedApplicationFailure;
  if (!isKnown && !(error instanceof Problem)) return undefined;
  if (status === undefined || status < 300) {
    return {
      reason:
        'The answer has not the link that the way goes on by, or one that leads out of TRUSTED_APPLICATION_HOSTS.',
      nextStep: `${seeWhoAnswers} If the platform has moved to other hosts of its own, add them to TRUSTED_APPLICATION_HOSTS.`,
    };
  }
  if (status === 401) {
    return {
      reason: 'The platform does not accept the Entra token (401).',
      nextStep: `Set TRUSTED_APPLICATION_AUDIENCE to the origin of the discover URL, or to ${skypeForBusinessOnline}; then consent: ${adminConsent(entra)}`,
    };
  }
  if (status === 403 || status === 404) {
    return {
      reason: `The platform does not know the endpoint ${endpointId} of the application ${entra.clientId}, or the tenant has not consented (${status}).`,
      nextStep: `Register the endpoint in the PowerShell of the tenant: New-CsOnlineApplicationEndpoint -Uri "${endpointId}" -ApplicationId "${entra.clientId}" -Name "Anonymous join" – and consent: ${adminConsent(entra)}`,
    };
  }
  if (status < 400) {
    return {
      reason: `The platform redirects (${status}) to where TRUSTED_APPLICATION_HOSTS does not let the token go, or again and again.`,
      nextStep: 'If the platform has moved to other hosts of its own, add them to TRUSTED_APPLICATION_HOSTS.',
    };
  }
  if (status === 429) {
    return {
      reason: 'The platform asks to slow down (429).',
      nextStep: 'Wait a minute and run the doctor again; if it stays, ask for fewer tokens, or the platform for more.',
    };
  }
  if (status === 410) {
    return {
      reason: 'The platform has moved the application or given it up (410).',
      nextStep:
        'Run the doctor again in a minute; if it stays, see the README ("The state of the platforms, plainly").',
    };
  }
  return {
    reason: `The platform is out of order (${status}).`,
    nextStep: 'Run the doctor again; if it stays, see the health of the platform. Nothing here is to be corrected.',
  };
}

const seeWhoAnswers =
  'See whether TRUSTED_APPLICATION_DISCOVER_URL is right, and whether a proxy answers in its place.';

export const publicAuthority = 'https://login.microsoftonline.com';

/** Why there is no token. */
export function explainToken(error: unknown, application: TrustedApplicationSettings): Advice | undefined {
  const [number] = causesOf(error).flatMap(({ message }) => /AADSTS(\d{4,8})\b/.exec(message)?.[1] ?? []);
  if (number !== undefined) return aadstsAdvice(Number(number), application);
  const { host } = new URL(application.entra.authorityHost ?? publicAuthority);
  const offline = unreachable(error, host, 'ENTRA_AUTHORITY_HOST');
  if (offline) return offline;
  const isOurs = causesOf(error).some(({ code }) => code === 'platform-unavailable' || code === 'platform-refused');
  if (!isOurs) return undefined;
  return {
    reason: 'Entra ID gives no token, and not a reason that the doctor knows.',
    nextStep:
      'Run the doctor again; if it stays, see the health of Entra ID, and whether a proxy answers in its place.',
  };
}
