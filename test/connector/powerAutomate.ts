import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Json } from '../../connector/generate/swaggerSchema.ts';
import { inputsOf } from './inputs.ts';
import { operationsOf, swaggerSchema, type Placed, type Swagger } from './lint/swagger.ts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Plays the platform that runs flows: what it knows of the service is the connector's definition, and nothing else. */
export interface PowerAutomate {
  /**
   * Runs an action, or subscribes a trigger. Fails when the answer is not one that the definition has.
   * @param values by the names that flows use: `body/meetingUrl`, `Idempotency-Key`, `guestId`
   */
  run(operationId: string, values?: Readonly<Record<string, unknown>>): Promise<Answer>;
  /** Ends a subscription at the Location that it was answered with, by the operation whose path that is. */
  end(location: string): Promise<Answer>;
  /** Fails when what was posted to a callback URL is not what the trigger's notifications are said to be. */
  expectNotification(operationId: string, body: unknown): void;
  /** The operationIds that have been answered with success. */
  readonly succeeded: ReadonlySet<string>;
}

interface PowerAutomateOptions {
  readonly definition: Json;
  /** Where the service really is, in place of the definition's host. */
  readonly serviceUrl: string;
  /** What the connection holds: the key, or the access token of the user who made it. */
  readonly credential: string;
}

const documentId = 'https://connector.example/';

export function powerAutomate({ definition, serviceUrl, credential }: PowerAutomateOptions): PowerAutomate {
  const swagger = swaggerSchema.parse(JSON.parse(JSON.stringify(definition)));
  const ajv = formats.default(new Ajv2020({ strict: false, allErrors: true }));
  ajv.addSchema({ ...definition, $id: documentId });
  const succeeded = new Set<string>();

  /** Closed, although answers may grow: what is sent today has to be written down today. */
  const expectShape = (schema: { $ref?: string | undefined } | undefined, value: unknown, what: string): void => {
    ajv.validate({ $ref: `${documentId}${schema?.$ref ?? 'missing'}`, unevaluatedProperties: false }, value);
    expect({ what, problems: ajv.errors ?? [] }).toEqual({ what, problems: [] });
  };

  const placed = (operationId: string): Placed => {
    const found = operationsOf(swagger).find(({ operation }) => operation.operationId === operationId);
    if (!found) throw new Error(`the definition has no ${operationId}`);
    return found;
  };

  const send = async (called: Placed, values: Readonly<Record<string, unknown>>): Promise<Answer> => {
    const { path, body, headers } = requestOf(swagger, called, values);
    const response = await fetch(`${serviceUrl}${swagger.basePath}${path}`, {
      method: called.method.toUpperCase(),
      headers: { ...headers, ...securityHeader(swagger, credential) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const { responses } = called.operation;
    expect(Object.keys(responses)).toContain(String(response.status));
    if (response.ok) {
      const schema = Object.values(responses).find((one) => one.schema)?.schema;
      expectShape(schema, JSON.parse(text), `${called.name} ${response.status}`);
      for (const name of Object.keys(responses[response.status]?.headers ?? {})) {
        expect(response.headers.get(name)).not.toBeNull();
      }
      succeeded.add(called.name);
    }
    const json = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    return { status: response.status, headers: response.headers, json };
  };

  return {
    succeeded,
    run: (operationId, values = {}) => send(placed(operationId), values),
    end(location) {
      const { host, pathname } = new URL(location);
      expect(host).toBe(swagger.host);
      const found = operationsOf(swagger).flatMap((called) => {
        const values = called.method === 'delete' && valuesIn(pathname, swagger.basePath + called.path);
        return values ? [{ called, values }] : [];
      });
      const [only, ...others] = found;
      if (!only || others.length > 0) throw new Error(`${found.length} operations delete ${pathname}`);
      return send(only.called, only.values);
    },
    expectNotification(operationId, body) {
      expectShape(placed(operationId).item['x-ms-notification-content']?.schema, body, `${operationId} notification`);
    },
  };
}

interface Request {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Record<string, unknown> | undefined;
}

/** The request that the definition describes; fails for values that it does not know, and for required ones that lack. */
function requestOf(swagger: Swagger, called: Placed, values: Readonly<Record<string, unknown>>): Request {
  const inputs = inputsOf(swagger, called);
  const unknown = Object.keys(values).filter((name) => !inputs.some((input) => input.name === name));
  const missing = inputs.filter(({ name, isRequired }) => isRequired && !(name in values));
  expect({ called: called.name, unknown, missing }).toEqual({ called: called.name, unknown: [], missing: [] });
  const valuesOf = (place: string) =>
    inputs
      .filter((input) => input.in === place && input.name in values)
      .map(({ name }) => [name, values[name]] as const);
  const hasBody = called.parameters.some((one) => one.in === 'body');
  const body = valuesOf('body').map(([name, value]) => [name.replace(/^[^/]*\//, ''), value] as const);
  return {
    path: called.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name]))),
    headers: {
      ...Object.fromEntries(valuesOf('header').map(([name, value]) => [name, String(value)])),
      ...(hasBody && { 'content-type': swagger.consumes.join() }),
    },
    body: hasBody ? Object.fromEntries(body) : undefined,
  };
}

function securityHeader(swagger: Swagger, credential: string): Record<string, string> {
  const [required] = swagger.security.flatMap((one) => Object.keys(one));
  const scheme = swagger.securityDefinitions[required ?? ''];
  if (scheme?.type === 'oauth2') return { authorization: `Bearer ${credential}` };
  if (scheme?.type === 'apiKey' && scheme['in'] === 'header') return { [String(scheme['name'])]: credential };
  throw new Error('the definition does not say how calls are secured');
}

/** The parameters that a path has in the places of a template; undefined if it is another path. */
function valuesIn(path: string, template: string): Record<string, string> | undefined {
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const match = new RegExp(`^${template.replaceAll(/\{\w+\}/g, '([^/]+)')}$`).exec(path);
  return match ? Object.fromEntries(names.map((name, index) => [name, match[index + 1] ?? ''])) : undefined;
}
