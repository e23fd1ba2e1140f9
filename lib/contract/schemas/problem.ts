import * as z from 'zod';
import { problemCatalogue, refusalReasons, type ProblemCode } from '../../problem.ts';
import { applicationSessionId } from './fields.ts';

const codes = Object.keys(problemCatalogue) as [ProblemCode, ...ProblemCode[]];

/** RFC 9457. */
export const problemAnswer = z
  .object({
    type: z.string().describe('The kind of problem as a relative URI.'),
    title: z.string().describe('The kind of problem in words.'),
    status: z.int().describe('The HTTP status.'),
    detail: z.string().describe('What to do next.'),
    instance: z.string().describe('Names this occurrence for the administrator.'),
    code: z.enum(codes).describe('The kind of problem for programs; stable.'),
    reason: z.enum(refusalReasons).optional().describe('Why the platform said no.'),
    applicationSessionId: applicationSessionId.optional().describe('Send this id again to go on as the same guest.'),
    errors: z
      .array(
        z.object({
          pointer: z.string().describe('Where in the request, as a JSON pointer.'),
          detail: z.string().describe('What is wrong there.'),
        }),
      )
      .optional()
      .describe('Every mistake in the request.'),
  })
  .meta({ id: 'Problem' });
