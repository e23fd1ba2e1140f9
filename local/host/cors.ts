import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerStatus } from './httpData.ts';

/** What web pages may call: a list of origins, or `*` in it for all. */
export interface CorsOptions {
  origins: readonly string[];
}

/** A day: browsers shorten it to what they allow. */
const preflightMaxAgeSeconds = 86_400;

/** Reads `Host.CORS` of local.settings.json: `*` or a comma-separated list. Nothing means that CORS is off. */
export function readCorsSetting(setting: string | undefined): CorsOptions | undefined {
  const origins = (setting ?? '').split(',').map((origin) => origin.trim());
  const named = origins.filter(Boolean);
  return named.length > 0 ? { origins: named } : undefined;
}

/**
 * The platform's CORS, in front of routes and keys: a preflight is answered here and reaches no function (204, with no
 * CORS headers for an origin that is not listed); other requests get their headers and go on. Returns whether the
 * request has been answered.
 */
export function answerCors({ origins }: CorsOptions, request: IncomingMessage, response: ServerResponse): boolean {
  const { origin } = request.headers;
  const wantedMethod = request.headers['access-control-request-method'];
  const preflight = request.method === 'OPTIONS' && origin !== undefined && wantedMethod !== undefined;
  const everyone = origins.includes('*');

  if (origin !== undefined && (everyone || origins.includes(origin))) {
    response.setHeader('Access-Control-Allow-Origin', everyone ? '*' : origin);
    if (!everyone) response.setHeader('Vary', 'Origin');
    if (preflight) {
      response.setHeader('Access-Control-Allow-Methods', wantedMethod);
      const wantedHeaders = request.headers['access-control-request-headers'];
      if (wantedHeaders) response.setHeader('Access-Control-Allow-Headers', wantedHeaders);
      response.setHeader('Access-Control-Max-Age', preflightMaxAgeSeconds);
    }
  }
  if (preflight) answerStatus(response, 204);
  return preflight;
}
