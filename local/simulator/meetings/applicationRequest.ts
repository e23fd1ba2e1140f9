import * as z from 'zod';
import type { Answer, Request } from '../http/exchange.ts';
import { inAnyCase, readJsonBody } from '../http/jsonBody.ts';
import type { ApplicationDetails } from './application.ts';
import { optionalText, requiredText } from './requestText.ts';
import { ucwaBodyRefusal } from './ucwaAnswers.ts';

const fields = {
  culture: requiredText(100),
  userAgent: requiredText(100),
  instanceId: optionalText(100),
  type: z.literal('Browser').nullish(),
  anonymousDisplayName: optionalText(250),
};
const schema = inAnyCase({ ...fields, endpointId: requiredText(100) });
const schemaWithoutEndpoint = inAnyCase({ ...fields, endpointId: optionalText() });

/** What the body tells of an application. */
export type RequestedApplication = Omit<ApplicationDetails, 'host' | 'applicationsPath' | 'guest'>;

/**
 * Reads the body that creates an application (§3.1, G2), or finds the answer that refuses it.
 * @param tokenEndpointId of a token that names the endpoint; the body need not then
 */
export function readApplication(
  request: Request,
  tokenEndpointId: string | undefined,
): { refusal: Answer } | { requested: RequestedApplication } {
  const read =
    tokenEndpointId === undefined ? readJsonBody(request, schema) : readJsonBody(request, schemaWithoutEndpoint);
  if ('refusal' in read) return { refusal: ucwaBodyRefusal(read.refusal) };
  const { culture, userAgent, instanceId, anonymousDisplayName: displayName } = read.body;
  const endpointId = tokenEndpointId ?? read.body.endpointId ?? '';
  return { requested: { culture, userAgent, endpointId, instanceId, displayName } };
}
