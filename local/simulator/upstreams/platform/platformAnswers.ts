import { randomUUID } from 'node:crypto';
import { tenantId } from '../entra/entraClients.ts';
import type { Answer, Request } from '../../http/exchange.ts';
import type { PlatformBehaviour } from './behaviour.ts';
import { mediaType, render, type Resource } from './dialect.ts';

/** "Skype for Business Online": the resource that the platform is to Entra (trusted-application-api.md §3). */
export const platformAppId = '00000004-0000-0ff1-ce00-000000000000';

/** An answer in one of the platform's two JSON media types. */
function platformJson(request: Request, status: number, body: unknown, behaviour: PlatformBehaviour): Answer {
  return {
    status,
    headers: { 'Content-Type': `${mediaType(request)}; charset=utf-8` },
    body: (behaviour.bom ? '\uFEFF' : '') + JSON.stringify(body),
  };
}

/** A resource, rendered. */
export function resourceAnswer(
  request: Request,
  resource: Resource,
  behaviour: PlatformBehaviour,
  status = 200,
): Answer {
  return platformJson(request, status, render(resource, behaviour), behaviour);
}

const codes = new Map([
  [400, 'BadRequest'],
  [403, 'Forbidden'],
  [404, 'NotFound'],
  [405, 'MethodNotAllowed'],
  [408, 'ClientTimeout'],
  [409, 'Conflict'],
  [410, 'Gone'],
  [412, 'PreconditionFailed'],
  [413, 'EntityTooLarge'],
  [415, 'UnsupportedMediaType'],
  [429, 'TooManyRequests'],
  [503, 'ServiceUnavailable'],
  [504, 'Timeout'],
]);

/** What an error may say besides its code. */
interface ErrorDetail {
  subcode?: string;
  message: string;
  /** Only for 400: by the parameter's name (its inner shape is not known). */
  parameters?: Record<string, string>;
}

/** An error as trusted-application-api.md §1.11 has it: `code` follows the status, the rest is optional. */
export function platformError(
  request: Request,
  status: number,
  detail: ErrorDetail,
  behaviour: PlatformBehaviour,
): Answer {
  const debugInfo = { errorReportId: randomUUID().replaceAll('-', '') };
  const code = codes.get(status) ?? 'ServiceFailure';
  return platformJson(request, status, { code, ...detail, debugInfo }, behaviour);
}

/** The answer to a missing or bad token: HTML and two challenges (trusted-application-api.md §1.7). */
export function unauthorized(request: Request): Answer {
  const issuers = `00000001-0000-0000-c000-000000000000@${tenantId},${platformAppId}@${tenantId}`;
  const grants = 'urn:microsoft.rtc:windows,urn:microsoft.rtc:anonmeeting,password';
  return {
    status: 401,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'private',
      'WWW-Authenticate': [
        `Bearer trusted_issuers="${issuers}", client_id="${platformAppId}", authorization_uri="file://client/common/oauth2/authorize"`,
        `MsRtcOAuth href="https://${request.host}/WebTicket/oauthtoken",grant_type="${grants}"`,
      ],
    },
    body: '<html><head><title>401 - Unauthorized: Access is denied due to invalid credentials.</title></head></html>',
  };
}

/** The headers that every answer of the platform carries (trusted-application-api.md §1.2). */
export function withServerHeaders(request: Request, answer: Answer): Answer {
  const requestId = request.headers['client-request-id'];
  const site = request.host.split('.')[0] ?? '';
  return {
    ...answer,
    headers: {
      'Cache-Control': 'no-cache',
      'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
      'X-MS-Correlation-Id': randomUUID(),
      'X-MS-Server-Fqdn': `${site.toUpperCase()}FES01.infra.lync.example`,
      'x-ms-client-request-id': randomUUID(),
      ...(typeof requestId === 'string' && { 'client-request-id': requestId }),
      ...answer.headers,
    },
  };
}
