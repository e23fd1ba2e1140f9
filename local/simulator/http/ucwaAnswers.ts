import { jsonAnswer, type Answer } from './exchange.ts';
import type { BodyRefusal } from './jsonBody.ts';

// What UCWA itself says (ucwa.md §3.6); every other status comes from something in front of it.
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

/** Whether a status is one that UCWA itself answers with. */
export function isUcwaFailure(status: number): boolean {
  return codes.has(status);
}

/**
 * UCWA's own error (ucwa.md §3.6): `code` follows the status. @param parameters only with 400: what is wrong, by name
 */
export function ucwaError(status: number, subcode?: string, parameters?: Record<string, string>): Answer {
  const code = codes.get(status) ?? 'ServiceFailure';
  return jsonAnswer(status, { code, subcode, message: 'The server refused this request.', parameters });
}

/** A body that is refused. */
export function ucwaBodyRefusal({ status, subcode, parameters }: BodyRefusal): Answer {
  return ucwaError(status, subcode ?? (status === 415 ? 'UnsupportedMediaType' : undefined), parameters);
}

/** Adds what every answer of UCWA carries (ucwa.md §3.8). @param version of the API, such as 2.0 */
export function withUcwaVersion(answer: Answer, version: string): Answer {
  return { ...answer, headers: { 'X-MS-UcwaVersion': version, ...answer.headers } };
}

/** The answer to a request that was carried out and has no content. */
export const noContent: Answer = { status: 204, headers: {}, body: '' };
