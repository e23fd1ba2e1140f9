import type { Answer, Request } from '../http/exchange.ts';
import type { UcwaOperation } from '../operations.ts';
import { challengeAnswer } from './challenge.ts';
import { invalidToken, statusPage, ucwaError } from './serverAnswers.ts';
import type { Site } from './site.ts';
import { tokenError } from './tokenAnswers.ts';

// What UCWA itself says (§3.6); every other status comes from something in front of it.
const codes = new Map([
  [400, 'BadRequest'],
  [403, 'Forbidden'],
  [404, 'NotFound'],
  [405, 'MethodNotAllowed'],
  [408, 'Timeout'],
  [409, 'Conflict'],
  [410, 'Gone'],
  [412, 'PreconditionFailed'],
  [413, 'EntityTooLarge'],
  [415, 'UnsupportedMediaType'],
  [428, 'PreconditionRequired'],
  [429, 'TooManyRequests'],
  [500, 'ServiceFailure'],
  [503, 'ServiceUnavailable'],
]);

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
  if (operation === 'ucwa.applications' && status === 401) {
    return challengeAnswer(request, site, behaviour.applicationsChallenge);
  }
  const code = operation === 'ucwa.applications' ? codes.get(status) : undefined;
  return code === undefined ? statusPage(status) : ucwaError(status, code);
}
