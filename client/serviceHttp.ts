import { answerTo, type Send } from './answer.ts';
import { apiBase } from './apiBase.ts';
import { proofOf, type Authorize } from './caller.ts';
import { systemClock, type Clock } from './clock.ts';
import { endpoints } from './definition/endpoints.ts';
import { isAnswer, type AnswerOf, type BodyOf, type EndpointName } from './endpoint.ts';
import { failureOf } from './failure.ts';
import { AnonymousJoinProblem } from './problem.ts';
import { withRetries, type RetryLimits } from './retry.ts';
import { createServerTime, type ServerTime } from './serverTime.ts';

/** What a client is made of; all but the base URL has a default. */
export interface ClientOptions {
  /** Where the service is, such as https://join.contoso.com; `/api` is put behind it. */
  readonly baseUrl: string | URL;
  /** Left out where something in between adds the proof, such as the advisor's own back end. */
  readonly authorize?: Authorize | undefined;
  /** Sends instead of the platform's own fetch: to go through a proxy, or to watch. */
  readonly fetch?: Send | undefined;
  readonly retry?: RetryLimits | undefined;
  readonly clock?: Clock | undefined;
  /** From 0 up to 1; spreads pauses and renewals. */
  readonly random?: (() => number) | undefined;
}

/** What any call takes beside its request. */
export interface CallOptions {
  /** Ends the call, also in a pause between tries; it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface EndpointCall<E extends EndpointName> extends CallOptions {
  readonly body?: BodyOf<E>;
  /** What stands in the endpoint's path. */
  readonly id?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls one endpoint, with retries: every endpoint of the definition can be asked again without doing more than once asked. */
export type Call = <E extends EndpointName>(endpoint: E, call: EndpointCall<E>) => Promise<AnswerOf<E>>;

/** What all methods of a client share. */
export interface ServiceHttp {
  readonly call: Call;
  readonly clock: Clock;
  readonly serverTime: ServerTime;
  readonly random: () => number;
}

/** Throws a TypeError for options that cannot work. */
export function createServiceHttp(options: ClientOptions): ServiceHttp {
  const { authorize, retry = {}, clock = systemClock, random = Math.random } = options;
  const base = apiBase(options.baseUrl);
  // Called as a plain function: a browser's fetch refuses to be anybody's method.
  const send = options.fetch ?? globalThis.fetch;
  const serverTime = createServerTime(clock);

  const attempt = async <E extends EndpointName>(
    endpoint: E,
    call: EndpointCall<E>,
    signal: AbortSignal,
  ): Promise<AnswerOf<E>> => {
    const { method, path, auth } = endpoints[endpoint];
    const init: RequestInit = {
      method,
      headers: {
        ...call.headers,
        ...(call.body !== undefined && { 'content-type': 'application/json' }),
        ...(auth === 'caller' && authorize !== undefined && (await proofOf(authorize))),
      },
      ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
      // No answer of the service redirects, and a key must not follow one that does.
      redirect: 'manual',
      referrerPolicy: 'no-referrer',
      signal,
    };
    const { response, text } = await answerTo(send, base + pathWith(path, call.id), init);
    const body = parseJson(text);
    if (!isAnswer(endpoint, response.status, body)) throw failureOf(response, body, serverTime.now());
    serverTime.observe(response.headers);
    return body;
  };

  return {
    call: (endpoint, call) =>
      withRetries((signal) => attempt(endpoint, call, signal), { ...retry, clock, random, signal: call.signal }),
    clock,
    serverTime,
    random,
  };
}

/** Ids of the service are letters, digits, `-` and `_`; anything else would make another path. */
function pathWith(path: string, id = ''): string {
  if (path.includes('{') && !/^[\w-]+$/.test(id)) {
    throw new AnonymousJoinProblem('invalid-request', 'Send the id of an earlier answer.');
  }
  return path.replace(/\{\w+\}/, id);
}

/** The parser's error is dropped: it quotes the text, which may hold a token. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
