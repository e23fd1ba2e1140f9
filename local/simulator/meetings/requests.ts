import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { queryParameter, type Answer, type Request } from '../http/exchange.ts';
import { inAnyCase, readJsonBody } from '../http/jsonBody.ts';
import { ucwaBodyRefusal, ucwaError } from '../http/ucwaAnswers.ts';

/** A text that has to be there: absent, it is a bad parameter and not an unreadable body. */
const requiredText = (longest: number) =>
  z
    .string()
    .nullish()
    .transform((text) => text ?? '')
    .pipe(z.string().min(1, 'It is required.').max(longest));

/** A text that may be absent, or null. */
const optionalText = (longest = Infinity) =>
  z
    .string()
    .max(longest)
    .nullish()
    .transform((text) => text ?? undefined);

const applicationFields = {
  culture: requiredText(100),
  userAgent: requiredText(100),
  instanceId: optionalText(100),
  type: z.literal('Browser').nullish(),
  anonymousDisplayName: optionalText(250),
};
const applicationSchema = inAnyCase({ ...applicationFields, endpointId: requiredText(100) });
const applicationSchemaWithoutEndpoint = inAnyCase({ ...applicationFields, endpointId: optionalText() });

/** What the body says about an application. */
export interface RequestedApplication {
  readonly culture: string;
  readonly userAgent: string;
  readonly endpointId: string;
  readonly instanceId: string | undefined;
  /** Its guest's name, if the request gave one. */
  readonly displayName: string | undefined;
}

/**
 * Reads the body that creates an application (ucwa.md §3.1, G2), or finds the answer that refuses it.
 * @param tokenEndpointId of a token that names the endpoint; the body need not then
 */
export function readApplication(
  request: Request,
  tokenEndpointId: string | undefined,
): { refusal: Answer } | { requested: RequestedApplication } {
  const read =
    tokenEndpointId === undefined
      ? readJsonBody(request, applicationSchema)
      : readJsonBody(request, applicationSchemaWithoutEndpoint);
  if ('refusal' in read) return { refusal: ucwaBodyRefusal(read.refusal) };
  const { culture, userAgent, instanceId, anonymousDisplayName: displayName } = read.body;
  const endpointId = tokenEndpointId ?? read.body.endpointId ?? '';
  return { requested: { culture, userAgent, endpointId, instanceId, displayName } };
}

// The longest values are those of ucwa.md §3.2.
const joinSchema = inAnyCase({
  onlineMeetingUri: optionalText(),
  anonymousDisplayName: requiredText(250),
  operationId: optionalText(50),
  importance: z.enum(['Normal', 'Urgent', 'Emergency']).default('Normal'),
  subject: optionalText(250),
  threadId: optionalText(),
});

/** The body of a join (ucwa.md §3.2, G3), with names and ids for what was not given. */
export interface JoinRequest {
  /** Without it the caller would join a new ad-hoc meeting. */
  onlineMeetingUri: string | undefined;
  anonymousDisplayName: string;
  /** By which the client knows its join in events. */
  operationId: string;
  importance: string;
  subject: string | undefined;
  threadId: string;
}

/** Reads a join, or finds the answer that refuses it. The meeting and the operation may be in the query too. */
export function readJoin(request: Request): { refusal: Answer } | { join: JoinRequest } {
  const read = readJsonBody(request, joinSchema);
  if ('refusal' in read) return { refusal: ucwaBodyRefusal(read.refusal) };
  const { onlineMeetingUri, operationId, threadId, ...rest } = read.body;
  return {
    join: {
      ...rest,
      onlineMeetingUri: onlineMeetingUri ?? queryParameter(request, 'onlineMeetingUri'),
      operationId: operationId ?? queryParameter(request, 'operationId') ?? randomUUID(),
      threadId: threadId ?? randomUUID().replaceAll('-', ''),
    },
  };
}

const number = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'Not a number.')
    .transform(Number)
    .pipe(z.number().min(least).max(most))
    .optional();

// Seconds, in the ranges of ucwa.md §3.4. What is outside of them is refused, so that a client's mistake shows.
const pollSchema = z.object({
  ack: number(0, Infinity),
  priority: number(0, Infinity),
  timeout: number(180, 1800),
  medium: number(5, 1800),
  low: number(5, 1800),
});

/** How long a poll may be held, and events of lesser urgency with it. Seconds. */
export interface Timing {
  timeout: number;
  medium: number;
  low: number;
}

/** What a poll asks for. */
export interface Poll {
  /** -1: none was given, which is never the right one. */
  ack: number;
  priority: number;
  /** What is not asked for stays as it was. */
  timing: Partial<Timing>;
}

/** Reads the query of a poll. @param expected other parameters, as in a query string, that have to come with it */
export function readPoll(request: Request, expected: string): { refusal: Answer } | { poll: Poll } {
  const query = (name: string) => queryParameter(request, name);
  const names = ['ack', 'priority', 'timeout', 'medium', 'low'] as const;
  const read = pollSchema.safeParse(Object.fromEntries(names.map((name) => [name, query(name)])));
  const wrong: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(expected)) {
    if (query(name) !== value) wrong[name] = 'Not as in the link.';
  }
  for (const { path, message } of read.error?.issues ?? []) wrong[path.join('.')] = message;
  if (!read.success || Object.keys(wrong).length > 0) {
    return { refusal: ucwaError(400, 'ParameterValidationFailure', wrong) };
  }
  const { ack = -1, priority = 0, ...timing } = read.data;
  return { poll: { ack, priority, timing: givenOf(timing) } };
}

function givenOf(timing: { [name in keyof Timing]?: number | undefined }): Partial<Timing> {
  return Object.fromEntries(Object.entries(timing).filter(([, seconds]) => seconds !== undefined));
}
