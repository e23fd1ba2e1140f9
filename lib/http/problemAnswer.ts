import type * as z from 'zod';
import { problemCatalogue, type Problem } from '../problem.ts';
import type { problemAnswer } from '../contract/schemas/problem.ts';

/** A problem as RFC 9457 has it on the wire. @param invocationId of this occurrence. */
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
