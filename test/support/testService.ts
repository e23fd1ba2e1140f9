import { HttpRequest, InvocationContext, type LogLevel } from '@azure/functions';
import { randomUUID } from 'node:crypto';
import { httpEndpoints, misconfiguredService, type HttpFunctionName, type Service } from '../../lib/service.ts';
import { asProblem } from '../../lib/problem.ts';
import { readRegistrationSettings } from '../../lib/settings.ts';
import { replyOf, type Reply } from './reply.ts';
import type { TestCloud } from './testCloud.ts';

interface LogLine {
  readonly level: LogLevel;
  readonly functionName: string;
  readonly invocationId: string;
  readonly message: string;
}

/** A service whose endpoints are called in this process, without a host and without a socket. */
export interface TestService {
  readonly service: Service;
  readonly log: readonly LogLine[];
  /** @param body sent as JSON; a string is sent as it is */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  /** As {@link call}, with a request as it is. The path finds the endpoint, as the host's routes do; undefined: 404. */
  fetch(path: string, init?: TestRequest): Promise<Response>;
  /** Runs a timer once. */
  run(timer: keyof Service['timers']): Promise<void>;
}

interface TestRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  /** Whether the host does not know its length. */
  readonly chunked?: boolean | undefined;
}

/** A service of a cloud. Whoever calls counts as somebody with a function key: to check keys is the host's business. */
export function startTestService(cloud: TestCloud, changes: Record<string, string> = {}): TestService {
  const environment = { ...cloud.environment, ...changes };
  const service = serviceOf(cloud, changes);
  const { sampleServiceEndpoints } = readRegistrationSettings(environment);
  const names = (Object.keys(httpEndpoints) as HttpFunctionName[]).filter(
    (name) => sampleServiceEndpoints !== 'off' || httpEndpoints[name].auth !== 'sample-service',
  );
  const log: LogLine[] = [];

  const contextOf = (functionName: string): InvocationContext => {
    const invocationId = randomUUID();
    return new InvocationContext({
      invocationId,
      functionName,
      logHandler: (level, ...message) =>
        log.push({ level, functionName, invocationId, message: message.map(String).join(' ') }),
    });
  };
  const fetch: TestService['fetch'] = async (path, { method = 'GET', headers = {}, body, chunked = false } = {}) => {
    const url = new URL(path, 'http://localhost');
    const match = matchOf(names, method, url.pathname);
    if (!match) return new Response(null, { status: 404 });
    const { name, params } = match;
    const request = new HttpRequest({
      method,
      url: url.href,
      headers: {
        ...headers,
        ...(body !== undefined && !chunked && { 'content-length': String(Buffer.byteLength(body)) }),
      },
      params,
      query: Object.fromEntries(url.searchParams),
      ...(body !== undefined && { body: typeof body === 'string' ? { string: body } : { bytes: body } }),
    });
    const { status = 200, headers: answered, body: text } = await service.endpoints[name](request, contextOf(name));
    return new Response(text as string, { status, headers: answered as Record<string, string> });
  };

  return {
    service,
    log,
    fetch,
    run: (timer) => service.timers[timer]({}, contextOf(timer)),
    async call(method, path, body, headers = {}) {
      return replyOf(
        await fetch(path, {
          method,
          headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
          ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        }),
      );
    },
  };
}

/** As lib/functionApp.ts makes it of the process's own environment. */
function serviceOf(cloud: TestCloud, changes: Record<string, string>): Service {
  try {
    return cloud.newApp(changes);
  } catch (error) {
    const { callerAuth } = readRegistrationSettings({ ...cloud.environment, ...changes });
    return misconfiguredService(asProblem(error), callerAuth);
  }
}

function matchOf(
  names: readonly HttpFunctionName[],
  method: string,
  path: string,
): { name: HttpFunctionName; params: Record<string, string> } | undefined {
  for (const name of names) {
    const endpoint = httpEndpoints[name];
    const pattern = endpoint.route
      .replace(/\/\{(\w+)\?\}/g, '(?:/(?<$1>[^/]+))?')
      .replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
    const found = endpoint.method === method ? new RegExp(`^/api/${pattern}/?$`, 'i').exec(path) : null;
    if (!found) continue;
    const params = Object.entries(found.groups ?? {}).map(([key, value]) => [key, decoded(value)]);
    return { name, params: Object.fromEntries(params) as Record<string, string> };
  }
  return undefined;
}

/** What cannot be decoded stays as it was sent; a segment that is not there is empty. */
function decoded(segment: string | undefined = ''): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
