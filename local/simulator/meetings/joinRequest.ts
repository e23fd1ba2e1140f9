import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { queryParameter, type Answer, type Request } from '../http/exchange.ts';
import { inAnyCase, readJsonBody } from '../http/jsonBody.ts';
import { optionalText, requiredText } from './requestText.ts';
import { ucwaBodyRefusal } from './ucwaAnswers.ts';

// The longest values are §3.2's.
const schema = inAnyCase({
  onlineMeetingUri: optionalText(),
  anonymousDisplayName: requiredText(250),
  operationId: optionalText(50),
  importance: z.enum(['Normal', 'Urgent', 'Emergency']).default('Normal'),
  subject: optionalText(250),
  threadId: optionalText(),
});

/** The body of a join (§3.2, G3), with names and ids for what was not given. */
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
  const read = readJsonBody(request, schema);
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
