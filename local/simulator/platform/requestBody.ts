import type * as z from 'zod';
import type { Answer, Request } from '../http/exchange.ts';
import { readJsonBody } from '../http/jsonBody.ts';
import type { PlatformBehaviour } from './behaviour.ts';
import { platformError } from './platformAnswers.ts';

/** Reads the body of a POST, or finds the answer of §1.9 and §1.11 that refuses it. */
export function readBody<T>(
  request: Request,
  schema: z.ZodType<T>,
  behaviour: PlatformBehaviour,
): { refusal: Answer } | { body: T } {
  const read = readJsonBody(request, schema);
  if ('body' in read) return read;
  const { status, ...detail } = read.refusal;
  return { refusal: platformError(request, status, detail, behaviour) };
}
