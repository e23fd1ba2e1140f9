import type { HttpRequest } from '@azure/functions';
import type * as z from 'zod';
import type { Caller } from '../callers.ts';
import type { EndpointDefinition } from '../contract/endpoints.ts';
import { currentTrace } from '../telemetry.ts';
import { anybody, authenticateCaller } from './authenticate.ts';
import type { HttpEndpoint } from './pipeline.ts';
import { readBody, readHeaders, validate } from './requestBody.ts';
import { jsonResponse, problemResponse } from './responses.ts';
import type { UseCases } from './useCases.ts';

type Parsed<S> = S extends z.ZodObject ? z.output<S> : undefined;

/** The parts of a request that the definition names, validated. */
interface EndpointInput<D extends EndpointDefinition> {
  readonly body: Parsed<D['body']>;
  readonly params: Parsed<D['params']>;
  readonly headers: Parsed<D['headers']>;
}

interface EndpointRequest<D extends EndpointDefinition> extends EndpointInput<D> {
  readonly caller: Caller;
  /** Aborts when the request's 15 s are up. */
  readonly signal: AbortSignal;
}

type BodyOf<D extends EndpointDefinition> = D['answers'][keyof D['answers']] extends {
  schema: infer S extends z.ZodObject;
}
  ? z.input<S>
  : unknown;

/** The status is one of the definition's. */
interface EndpointAnswer<D extends EndpointDefinition> {
  readonly status: number;
  readonly body: BodyOf<D>;
  /** A path or a URL, for `Location`. */
  readonly location?: string;
}

export type Handler<D extends EndpointDefinition> = (
  request: EndpointRequest<D>,
  useCases: UseCases,
) => Promise<EndpointAnswer<D>>;

/** An endpoint of the contract: its definition says how a request is validated, `handler` what is done with it. */
export function contractEndpoint<D extends EndpointDefinition>(
  definition: D,
  handler: Handler<D>,
): HttpEndpoint<EndpointInput<D>, EndpointAnswer<D>> {
  const { operationId, method, route, auth } = definition;
  return {
    name: operationId,
    method,
    route,
    auth,
    authenticate: auth === 'caller' ? authenticateCaller : anybody,
    validate: (request) => validateRequest(request, definition),
    handle: ({ input, caller, signal }, useCases) => handler({ ...input, caller, signal }, useCases),
    respond: ({ status, body, location }) => jsonResponse(status, body, location),
    refuse: problemResponse,
  };
}

async function validateRequest<D extends EndpointDefinition>(
  request: HttpRequest,
  definition: D,
): Promise<EndpointInput<D>> {
  const params = definition.params && validate(request.params, definition.params);
  const trace = currentTrace();
  if (trace && typeof params?.['guestId'] === 'string') trace.guestId = params['guestId'];
  const headers = definition.headers && readHeaders(request, definition.headers);
  const body = definition.body && (await readBody(request, definition.body));
  return { params, headers, body } as EndpointInput<D>;
}
