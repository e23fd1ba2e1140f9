import { endpoints } from '../../lib/contract/endpoints.ts';
import { apiDefinition } from '../../lib/contract/openApi.ts';
import type { AuthenticationOptions } from '../../local/host/appServiceAuth.ts';
import { functionApp } from '../../local/host/functionApp.ts';
import type { CallerGrant } from '../../local/simulator/upstreams/entra/callerTokens.ts';
import type { CallerName } from '../../local/simulator/upstreams/entra/callers.ts';
import type { TestCloud } from '../support/testCloud.ts';
import type { Reply } from '../support/reply.ts';
import { type TestHost, startTestHost } from '../support/testHost.ts';
import { knocks, type CallerEndpoint } from './callerEndpoints.ts';
import { conformanceWith, type Definition } from './definition.ts';

type Headers = Readonly<Record<string, string>>;

/** The service where applications call it: the advisor's app and the flow connector are let in, the stranger is not. */
export interface EntraHost {
  readonly service: TestHost;
  /** Calls an endpoint with these headers, without a function key; the answer is one that the definition has. */
  knock(endpoint: CallerEndpoint, headers?: Headers): Promise<Reply>;
  /** Calls without a function key. */
  call(headers: Headers, method: string, path: string, body?: unknown): Promise<Reply>;
  /** The header of an application's own token. */
  bearer(application: CallerName, grant?: Omit<CallerGrant, 'application'>): Headers;
  /** Tokens, meetings and rows so far: of what is refused nothing is left behind. */
  traces(): Promise<unknown>;
}

/** @param authentication undefined: App Service authentication is off. */
export async function startEntraHost(
  cloud: TestCloud,
  authentication: Partial<AuthenticationOptions> | undefined,
  changes: Headers = {},
): Promise<EntraHost> {
  const { applications, accessToken } = cloud.simulator.callers;
  const { advisorApp, flowConnector } = applications;
  const settings = {
    CALLER_AUTH: 'entra',
    CALLER_APP_IDS: `${advisorApp.clientId},${flowConnector.clientId.toUpperCase()}`,
    ...changes,
  };
  const service = await startTestHost(cloud, settings, { ...(authentication && { authentication }) });
  const conformance = conformanceWith(apiDefinition() as unknown as Definition);
  const call: EntraHost['call'] = (headers, method, path, body) =>
    service.call(method, path, body, { 'x-functions-key': '', ...headers });
  return {
    service,
    call,
    async knock(endpoint, headers = {}) {
      const { path, body, headers: own } = knocks[endpoint];
      const reply = await call({ ...own, ...headers }, endpoints[endpoint].method, path, body);
      // What the host says itself has no body.
      if (reply.text !== '') conformance.answer(endpoint, reply);
      return reply;
    },
    bearer: (application, grant) => ({
      authorization: `Bearer ${accessToken({ application: applications[application], ...grant })}`,
    }),
    async traces() {
      const { issued, meetings } = cloud.simulator.world.platform;
      const tables = ['guests', 'meetingGuests', 'meetingRequests', 'healthSubscriptions'] as const;
      const rows = await Promise.all(tables.map((name) => cloud.rows(name)));
      return { tokens: issued.length, meetings: meetings.length, rows: rows.map(({ length }) => length) };
    },
  };
}

/** The names of the functions over HTTP, by what the host asks for before it lets a request in. */
export function registeredBy(authLevel: 'anonymous' | 'function'): string[] {
  return functionApp.functions
    .filter(({ metadata }) => Object.values(metadata.bindings).some((binding) => binding['authLevel'] === authLevel))
    .map(({ metadata }) => metadata.name)
    .sort();
}
