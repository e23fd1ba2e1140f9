import type { EntraTokens } from '../../azure/entraToken.ts';
import { isHostAllowed, parseAllowedUrl, type HostRule } from '../../hostRules.ts';
import type { Transport, UpstreamAnswer } from '../../net/transport.ts';
import { untilAborted } from '../../net/untilAborted.ts';
import { AnswerFailure } from '../failures.ts';

/** A call to the platform service in the name of our Entra application. */
export interface ServiceCall {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly body?: string;
}

/** Answers with any status; rejects with an upstream failure, or with a problem of our credentials. */
export type ServiceClient = (call: ServiceCall, signal: AbortSignal) => Promise<UpstreamAnswer>;

export interface ServiceClientOptions {
  send: Transport;
  tokens: EntraTokens;
  /** Where the Entra token may go, redirects included. */
  hosts: readonly HostRule[];
}

/**
 * Authorization, one redirect within the platform's hosts (§1.10), and on 401 one repetition with a fresh token: the
 * challenge is HTML and names no usable authority, so it is not read (§1.7).
 */
export function createServiceClient({ send, tokens, hosts }: ServiceClientOptions): ServiceClient {
  const sendOnce = async (call: ServiceCall, token: string, signal: AbortSignal): Promise<UpstreamAnswer> => {
    const request = {
      method: call.method,
      headers: {
        accept: 'application/json; charset=utf-8',
        authorization: `Bearer ${token}`,
        ...(call.body !== undefined && { 'content-type': 'application/json; charset=utf-8' }),
      },
      ...(call.body !== undefined && { body: call.body }),
    };
    const answer = await send({ ...request, url: call.url }, signal);
    if (answer.status !== 307 && answer.status !== 308) return answer;
    const target = parseAllowedUrl(answer.headers.location ?? '', hosts);
    return target ? send({ ...request, url: target }, signal) : answer;
  };

  return async (call, signal) => {
    if (!isHostAllowed(call.url, hosts)) throw new AnswerFailure('unusable');
    const token = await untilAborted(tokens.get(), signal);
    const answer = await sendOnce(call, token, signal);
    if (answer.status !== 401) return answer;
    tokens.drop(token);
    return sendOnce(call, await untilAborted(tokens.get(), signal), signal);
  };
}
