import type { HttpRequest } from '@azure/functions';
import type * as z from 'zod';
import { Problem, type FieldError } from '../problem.ts';

const maxBodyBytes = 16 * 1024;
const maxErrors = 20;

/** The JSON body of a request as its schema has it; throws `unsupported-media-type`, `payload-too-large`, `invalid-request`. */
export async function readBody<S extends z.ZodObject>(request: HttpRequest, schema: S): Promise<z.output<S>> {
  const contentType = request.headers.get('content-type') ?? '';
  if (!/^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i.test(contentType)) {
    throw new Problem('unsupported-media-type', 'Send the body as application/json in UTF-8.');
  }
  return validate(parseJson(await readBytes(request)), schema);
}

/** The body as it came; throws `payload-too-large`. */
export async function readBytes(request: HttpRequest): Promise<ArrayBuffer> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBodyBytes) throw tooLarge();
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength > maxBodyBytes) throw tooLarge();
  return bytes;
}

/** The headers that the schema names; throws `invalid-request`. */
export function readHeaders<S extends z.ZodObject>(request: HttpRequest, schema: S): z.output<S> {
  const given = Object.keys(schema.shape).map((name) => [name, request.headers.get(name) ?? undefined] as const);
  return validate(Object.fromEntries(given), schema);
}

/** The value as the schema has it; throws `invalid-request` with every mistake. */
export function validate<S extends z.ZodObject>(value: unknown, schema: S): z.output<S> {
  // With its input an issue tells a missing field from one of a wrong type; the input itself goes no further.
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap(fieldErrorsOf).slice(0, maxErrors);
  throw new Problem('invalid-request', 'Correct what errors lists, then send the request again.', { errors });
}

function parseJson(bytes: ArrayBuffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Problem('invalid-request', 'Send a JSON object.', {
      errors: [{ pointer: '', detail: 'is not JSON in UTF-8' }],
    });
  }
}

function fieldErrorsOf(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    // A hostile name is not repeated, nor one as long as a session id or a key, which may have got there by mistake: then
    // the object that it stands in has to do.
    return issue.keys.map((key) => ({
      pointer: pointerTo(/^\w{1,21}$/.test(key) ? [...issue.path, key] : issue.path),
      detail: 'is not a known field, or holds one',
    }));
  }
  return [{ pointer: pointerTo(issue.path), detail: complaintAbout(issue) }];
}

function complaintAbout(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return typeComplaint(issue);
  if (issue.code === 'invalid_value') return `must be one of: ${issue.values.map(String).join(', ')}`;
  return issue.message;
}

function typeComplaint({ expected, input }: z.core.$ZodIssueInvalidType): string {
  const article = /^[aeiou]/.test(expected) ? 'an' : 'a';
  return input === undefined ? 'is missing' : `must be ${article} ${expected}`;
}

function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function tooLarge(): Problem {
  return new Problem('payload-too-large', 'Send a body of at most 16 KiB.');
}
