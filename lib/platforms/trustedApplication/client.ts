import type { EntraTokens } from '../../azure/entraToken.ts';
import { isHostAllowed, parseAllowedUrl, type HostRule } from '../../hostRules.ts';
import type { Transport, UpstreamAnswer, UpstreamRequest } from '../../net/transport.ts';
import { untilAborted } from '../../net/untilAborted.ts';
import { AnswerFailure } from '../failures.ts';

/** A call to the platform service in the name of our Entra application. */
interface ServiceCall {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly body?: string;
}

/** The platform service, as our Entra application calls it. */
export interface ServiceClient {
  readonly send: Transport;
  readonly tokens: EntraTokens;
  /** Where the Entra token may go, redirects included. */
  readonly hosts: readonly HostRule[];
}

/**
 * Makes a call with our authorization. Follows one redirect within the platform's hosts
 * (docs/protocol/trusted-application-api.md §1.10), and repeats it once with a fresh token after 401: the challenge is HTML
 * and names no usable authority, so it is not read (§1.7 there).
 * Answers with any status; rejects with an upstream failure, or with a problem of our credentials.
 */
export async function callService(
  client: ServiceClient,
  call: ServiceCall,
  signal: AbortSignal,
): Promise<UpstreamAnswer> {
  const { tokens } = client;
  if (!isHostAllowed(call.url, client.hosts)) throw new AnswerFailure('unusable');
  const token = await untilAborted(tokens.get(), signal);
  const answer = await sendRedirected(client, authorized(call, token), signal);
  if (answer.status !== 401) return answer;
  tokens.drop(token);
  const fresh = await untilAborted(tokens.get(), signal);
  return sendRedirected(client, authorized(call, fresh), signal);
}

function authorized({ method, url, body }: ServiceCall, token: string): UpstreamRequest {
  const mediaType = 'application/json; charset=utf-8';
  const headers = { accept: mediaType, authorization: `Bearer ${token}` };
  return body === undefined
    ? { method, url, headers }
    : { method, url, headers: { ...headers, 'content-type': mediaType }, body };
}

async function sendRedirected(
  { send, hosts }: ServiceClient,
  request: UpstreamRequest,
  signal: AbortSignal,
): Promise<UpstreamAnswer> {
  const answer = await send(request, signal);
  if (answer.status !== 307 && answer.status !== 308) return answer;
  const target = parseAllowedUrl(answer.headers.location ?? '', hosts);
  return target ? send({ ...request, url: target }, signal) : answer;
}
