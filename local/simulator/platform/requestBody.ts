import * as z from 'zod';
import { parseJson, type Answer, type Request } from '../http/exchange.ts';
import type { PlatformBehaviour } from './behaviour.ts';
import { platformError, type ErrorDetail } from './platformAnswers.ts';

// The platform takes far less; where it begins to refuse is not known.
const longestBodyBytes = 64 * 1024;

/** A body whose names may come in any letter case (§8, row 16); unknown ones are ignored. */
export function inAnyCase<T extends z.ZodRawShape>(fields: T) {
  const spelling = new Map(Object.keys(fields).map((name) => [name.toLowerCase(), name]));
  return z
    .record(z.string(), z.unknown())
    .transform((body) =>
      Object.fromEntries(
        Object.entries(body).map(([name, value]) => [spelling.get(name.toLowerCase()) ?? name, value]),
      ),
    )
    .pipe(z.object(fields));
}

/** Reads the body of a POST, or finds the answer of §1.9 and §1.11 that refuses it. */
export function readBody<T>(
  request: Request,
  schema: z.ZodType<T>,
  behaviour: PlatformBehaviour,
): { refusal: Answer } | { body: T } {
  const refuse = (status: number, detail: ErrorDetail) => ({
    refusal: platformError(request, status, detail, behaviour),
  });

  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json' && type !== 'application/vnd.microsoft.com.ucwa+json') {
    return refuse(415, { message: 'The media type is not supported.' });
  }
  if (Buffer.byteLength(request.body) > longestBodyBytes) return refuse(413, { message: 'The body is too large.' });

  const body = schema.safeParse(parseJson(request.body));
  if (body.success) return { body: body.data };
  const { issues } = body.error;
  // That a bad value is refused with ParameterValidationFailure is UCWA's general rule.
  if (issues.some(({ code }) => code === 'invalid_type')) {
    return refuse(400, { subcode: 'DeserializationFailure', message: 'The body could not be read.' });
  }
  const parameters = Object.fromEntries(issues.map(({ path, message }) => [path.join('.'), message]));
  return refuse(400, { subcode: 'ParameterValidationFailure', message: 'A parameter is not valid.', parameters });
}
