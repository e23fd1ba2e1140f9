import type { HttpResponseInit } from '@azure/functions';
import type * as z from 'zod';
import type { problemAnswer } from '../contract/schemas/problem.ts';
import { problemCatalogue, type Problem } from '../problem.ts';

/** What every answer of ours carries, errors included. */
export const everyAnswer = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/** What every error carries; it says when to come back, and how to authenticate, where that is known. */
export function headersOfRefusal({ code, retryAfterSeconds }: Problem): Record<string, string> {
  return {
    ...everyAnswer,
    ...(retryAfterSeconds !== undefined && { 'Retry-After': String(retryAfterSeconds) }),
    // Every 401 names its scheme (RFC 9110 §15.5.2).
    ...(code === 'caller-unauthenticated' && { 'WWW-Authenticate': 'Bearer' }),
  };
}

/** A body as JSON. @param location a path or a URL, for `Location` */
export function jsonResponse(status: number, body: unknown, location?: string): HttpResponseInit {
  return {
    status,
    headers: {
      ...everyAnswer,
      'Content-Type': 'application/json; charset=utf-8',
      ...(location && { Location: location }),
    },
    body: JSON.stringify(body),
  };
}

/** A problem as RFC 9457 has it on the wire. @param invocationId names this occurrence */
export function problemBody(problem: Problem, invocationId: string): z.infer<typeof problemAnswer> {
  const { code, reason, errors, applicationSessionId } = problem;
  const { status, title } = problemCatalogue[code];
  return {
    type: `/problems/${code}`,
    title,
    status,
    detail: problem.message,
    instance: `urn:uuid:${invocationId}`,
    code,
    ...(reason && { reason }),
    ...(applicationSessionId && { applicationSessionId }),
    ...(errors && { errors: errors.map(({ pointer, detail }) => ({ pointer, detail })) }),
  };
}

export function problemResponse(problem: Problem, invocationId: string): HttpResponseInit {
  return {
    status: problem.status,
    headers: { ...headersOfRefusal(problem), 'Content-Type': 'application/problem+json; charset=utf-8' },
    body: JSON.stringify(problemBody(problem, invocationId)),
  };
}
