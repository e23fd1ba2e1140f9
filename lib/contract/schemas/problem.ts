import * as z from 'zod';
import { problemCatalogue, refusalReasons, type ProblemCode } from '../../problem.ts';
import { applicationSessionId } from './fields.ts';

const codes = Object.keys(problemCatalogue) as [ProblemCode, ...ProblemCode[]];

/** A problem (RFC 9457). */
export const problemAnswer = z
  .object({
    type: z.string().describe('The kind of problem as a relative URI.'),
    title: z.string().describe('The kind of problem in words.'),
    status: z.int().describe('The HTTP status.'),
    detail: z.string().describe('What to do next.'),
    instance: z.string().describe('Identifies this occurrence in the logs.'),
    code: z.enum(codes).describe('A stable code of the kind of problem.'),
    reason: z.enum(refusalReasons).optional().describe('Why the platform refused.'),
    applicationSessionId: applicationSessionId.optional().describe('Send this id again to continue as the same guest.'),
    errors: z
      .array(
        z.object({
          pointer: z.string().describe('A JSON pointer into the body, or the name of a parameter.'),
          detail: z.string().describe('What is wrong there.'),
        }),
      )
      .optional()
      .describe('Every mistake in the request.'),
  })
  .meta({ id: 'Problem' });
