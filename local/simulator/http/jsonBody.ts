import * as z from 'zod';
import { parseJson, type Request } from './exchange.ts';

// The services take far less; where they begin to refuse is not known.
const longestBodyBytes = 64 * 1024;

/** Why a body is refused: too long, in a type that is not taken, no JSON of this form, or with bad values by name. */
export interface BodyRefusal {
  status: 400 | 413 | 415;
  subcode?: 'DeserializationFailure' | 'ParameterValidationFailure';
  message: string;
  parameters?: Record<string, string>;
}

/** A body whose names may come in any letter case; unknown ones are ignored. */
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

/** Reads a JSON body, in either of the media types of JSON, or answers why it is refused. */
export function readJsonBody<T>(request: Request, schema: z.ZodType<T>): { refusal: BodyRefusal } | { body: T } {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json' && type !== 'application/vnd.microsoft.com.ucwa+json') {
    return { refusal: { status: 415, message: 'The media type is not supported.' } };
  }
  if (Buffer.byteLength(request.body) > longestBodyBytes) {
    return { refusal: { status: 413, message: 'The body is too large.' } };
  }

  const body = schema.safeParse(parseJson(request.body));
  if (body.success) return { body: body.data };
  const { issues } = body.error;
  // That a bad value is refused with ParameterValidationFailure is UCWA's general rule.
  if (issues.some(({ code }) => code === 'invalid_type')) {
    return {
      refusal: { status: 400, subcode: 'DeserializationFailure', message: 'The body could not be read.' },
    };
  }
  const parameters = Object.fromEntries(issues.map(({ path, message }) => [path.join('.'), message]));
  return {
    refusal: { status: 400, subcode: 'ParameterValidationFailure', message: 'A parameter is not valid.', parameters },
  };
}
