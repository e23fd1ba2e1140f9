import { systemClock, type Clock, type Timing } from './clock.ts';
import { endpoints } from './definition/endpoints.ts';
import { isAnswer, problemOf, type AnswerOf, type BodyOf, type EndpointName } from './endpoint.ts';
import { exchange, parseJson, ServerTime, type Send } from './http.ts';
import { AnonymousJoinProblem } from './problem.ts';
import { withRetries, type RetryLimits } from './retry.ts';

/** A function key; or a function that gives an access token for the service (Entra ID), called before every request. */
export type Authorize = string | (() => string | Promise<string>);

/** What a client is made of; everything but the base URL has a default. */
export interface ClientOptions {
  /** Where the service is, such as https://join.contoso.com; the client adds `/api`. */
  readonly baseUrl: string | URL;
  /** Left out where a server in between adds the key or token, such as the advisor's own back end. */
  readonly authorize?: Authorize | undefined;
  /** Sends instead of the platform's own fetch, for example through a proxy. */
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

interface EndpointCall<E extends EndpointName> extends CallOptions {
  readonly body?: BodyOf<E>;
  /** The parameter of the endpoint's path. */
  readonly id?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How the methods of a client reach the service. */
export interface ServiceHttp extends Timing {
  /** Calls an endpoint, with retries: a repeated request does at no endpoint more than the first. */
  readonly call: <E extends EndpointName>(endpoint: E, call: EndpointCall<E>) => Promise<AnswerOf<E>>;
  readonly serverTime: ServerTime;
}

/** Throws a TypeError for options that cannot work. */
export function createServiceHttp(options: ClientOptions): ServiceHttp {
  const { authorize, retry = {}, clock = systemClock, random = Math.random } = options;
  const base = apiBase(options.baseUrl);
  // Called as a plain function: a browser's fetch throws when it is called as a method of another object.
  const send = options.fetch ?? globalThis.fetch;
  const serverTime = new ServerTime(clock);

  const attempt = async <E extends EndpointName>(
    endpoint: E,
    { id, body: json, headers }: EndpointCall<E>,
    signal: AbortSignal,
  ): Promise<AnswerOf<E>> => {
    const { method, path, auth } = endpoints[endpoint];
    const { response, text } = await exchange(send, base + pathWith(path, id), {
      method,
      headers: { ...headers, ...(auth === 'caller' && authorize !== undefined && (await proofOf(authorize))) },
      json,
      signal,
    });
    const body = parseJson(text);
    if (!isAnswer(endpoint, response.status, body)) throw problemOf(response, body, serverTime.now());
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

/** The URL before the paths of the endpoints. Throws a TypeError for a base URL that a key must not be sent to. */
function apiBase(baseUrl: string | URL): string {
  const { protocol, hostname, origin, pathname, username, password, search, hash } = new URL(baseUrl);
  const isOnThisMachine = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && isOnThisMachine)) {
    throw new TypeError('baseUrl must be https, except on this machine');
  }
  if (username || password || search || hash) throw new TypeError('baseUrl has an origin and perhaps a path, no more');
  return `${origin}${pathname.replace(/\/+$/, '')}/api`;
}

/** Ids of the service are letters, digits, `-` and `_`; anything else would make another path. */
function pathWith(path: string, id = ''): string {
  if (path.includes('{') && !/^[\w-]+$/.test(id)) {
    throw new AnonymousJoinProblem('invalid-request', 'Send the id of an earlier answer.');
  }
  return path.replace(/\{\w+\}/, id);
}

/** The header that proves who calls. */
async function proofOf(authorize: Authorize): Promise<Record<string, string>> {
  if (typeof authorize === 'string') return { 'x-functions-key': sendable(authorize) };
  return { authorization: `Bearer ${sendable(await authorize())}` };
}

/** Checked here, because the fetch of some platforms puts the value of a bad header into its error. */
function sendable(secret: string): string {
  if (!/^[\x21-\x7e]+$/.test(secret)) {
    throw new TypeError('a key or token has printable characters only, and is not empty');
  }
  return secret;
}
