import type { Answer, Request } from '../http/exchange.ts';
import { isUcwaItself, type UcwaOperation } from '../operations.ts';
import { isUcwaFailure, ucwaError } from '../meetings/ucwaAnswers.ts';
import { challengeAnswer } from './challenge.ts';
import { invalidToken, statusPage } from './serverAnswers.ts';
import type { Site } from './site.ts';
import { tokenError } from './tokenAnswers.ts';

/** What the servers say with a status that a fault dictates. */
export function failureAnswer(
  request: Request,
  site: Site,
  operation: UcwaOperation | 'unknown',
  status: number,
): Answer {
  const { behaviour } = site;
  if (operation === 'ucwa.token' && status === 400) return tokenError(site, 'server_error');
  if (operation === 'ucwa.user' && (status === 401 || status === 403)) {
    const headers = status === 403 ? invalidToken(site) : {};
    return challengeAnswer(request, site, behaviour.challenge, { status, headers });
  }
  const isUcwa = operation !== 'unknown' && isUcwaItself(operation);
  if (isUcwa && status === 401) return challengeAnswer(request, site, behaviour.applicationsChallenge);
  return isUcwa && isUcwaFailure(status) ? ucwaError(status) : statusPage(status);
}
