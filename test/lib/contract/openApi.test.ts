import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { endpoints, type EndpointDefinition } from '../../../lib/contract/endpoints.ts';
import { apiDefinition } from '../../../lib/contract/openApi.ts';
import { functionApp } from '../../../local/host/functionApp.ts';

const functionFiles = readdirSync(resolve('functions')).map((file) => basename(file, '.ts'));

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { name: string; in: string; description?: string }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: { readonly $ref: string } }> };
  readonly callbacks?: Record<string, Record<string, { readonly post: Operation }>>;
}

interface Definition {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Record<string, unknown>> };
}

const definition = apiDefinition() as unknown as Definition;
const operations = Object.values(definition.paths).flatMap((methods) => Object.values(methods));
const bodyOf = ({ requestBody }: Operation): Record<string, unknown> | undefined => {
  const reference = requestBody?.content['application/json']?.schema.$ref;
  return reference === undefined ? undefined : definition.components.schemas[basename(reference)];
};

/** Every object inside a value, with the way to it. */
function* objectsIn(value: unknown, path = ''): Generator<[string, Record<string, unknown>]> {
  if (typeof value !== 'object' || value === null) return;
  yield [path, value as Record<string, unknown>];
  for (const [name, inner] of Object.entries(value)) yield* objectsIn(inner, `${path}/${name}`);
}

// In a process of its own: the parser is an ES module inside, which Jest cannot load.
const validate = `
  import { readFileSync } from 'node:fs';
  import SwaggerParser from '@apidevtools/swagger-parser';
  await SwaggerParser.validate(JSON.parse(readFileSync(0, 'utf8')));
`;
const validated = (definition: unknown) =>
  spawnSync(process.execPath, ['--input-type=module', '--eval', validate], {
    input: JSON.stringify(definition),
    encoding: 'utf8',
  });

test('the definition is valid OpenAPI 3.1', () => {
  expect(definition).toMatchObject({ openapi: '3.1.0' });
  expect(validated(definition)).toMatchObject({ status: 0, stderr: '' });
  // What says so can also say no.
  expect(validated({ ...definition, info: {} }).stderr).toContain('required');
});

test('no schema has a union or null, which Swagger 2.0 cannot say', () => {
  const notInOpenApi = [...objectsIn(definition)].filter(
    ([, schema]) =>
      ['anyOf', 'oneOf', 'allOf', 'not', 'nullable', 'if'].some((keyword) => keyword in schema) ||
      Array.isArray(schema['type']) ||
      schema['type'] === 'null' ||
      Object.values(schema).includes(null) ||
      (Array.isArray(schema['enum']) && schema['enum'].includes(null)),
  );
  expect(notInOpenApi).toEqual([]);
});

test('request schemas refuse unknown fields, and every property is described', () => {
  const bodies = operations.map(bodyOf).filter((body) => body !== undefined);
  expect(bodies.length).toBeGreaterThan(5);
  for (const body of bodies) expect(body).toMatchObject({ type: 'object', additionalProperties: false });
  const properties = Object.entries(definition.components.schemas).flatMap(([name, { properties: all }]) =>
    Object.entries((all ?? {}) as Record<string, { description?: string }>).map(([field, { description }]) => ({
      name: `${name}.${field}`,
      described: (description ?? '') !== '',
    })),
  );
  expect(properties.filter(({ described }) => !described)).toEqual([]);
  expect(properties.length).toBeGreaterThan(30);
});

test('every function that answers programs is an endpoint of the definition, and every endpoint is a function', async () => {
  for (const name of functionFiles) await import(resolve(`functions/${name}.ts`));
  const registered = functionApp.functions.flatMap(({ metadata }) => {
    const trigger = Object.values(metadata.bindings).find(({ type }) => type === 'httpTrigger') as
      | { methods: string[]; authLevel: string; route: string }
      | undefined;
    // The status page is for people; programs have the endpoints of health.
    return trigger && metadata.name !== 'getStatus'
      ? [{ name: metadata.name, methods: trigger.methods, auth: trigger.authLevel, route: trigger.route }]
      : [];
  });
  const rows = Object.entries<EndpointDefinition>(endpoints).map(([name, { method, auth, route }]) => ({
    name,
    methods: [method],
    // Function keys, unless CALLER_AUTH says otherwise.
    auth: auth === 'caller' ? 'function' : auth,
    route,
  }));
  const byName = (one: { name: string }, other: { name: string }): number => one.name.localeCompare(other.name);
  // The status page is for people.
  const forPrograms = registered.filter(({ name }) => name !== 'getStatus');
  expect(forPrograms.toSorted(byName)).toEqual(rows.toSorted(byName));

  expect(operations.map(({ operationId }) => operationId).sort()).toEqual(
    Object.values<EndpointDefinition>(endpoints)
      .map(({ operationId }) => operationId)
      .sort(),
  );
});

test('every parameter in a path is described, and so is every header that is read', () => {
  const described = (name: string, place: string): object =>
    expect.objectContaining({
      name,
      in: place,
      required: true,
      description: expect.stringMatching(/^[A-Z].+\.$/) as string,
      schema: expect.objectContaining({ type: 'string', pattern: expect.any(String) as string }) as object,
    }) as object;
  for (const { method, route, headers } of Object.values<EndpointDefinition>(endpoints)) {
    const { parameters = [] } = definition.paths[`/${route}`]?.[method.toLowerCase()] ?? {};
    const inPath = [...route.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    const inHeaders = Object.keys(headers?.shape ?? {});
    expect(parameters).toEqual([
      ...inPath.map((name) => described(name, 'path')),
      ...inHeaders.map((name) => described(name, 'header')),
    ]);
  }
  const headers = operations.flatMap(({ parameters = [] }) =>
    parameters.filter((parameter) => parameter.in === 'header'),
  );
  expect(headers.map(({ name }) => name)).toEqual(['Idempotency-Key']);
});

test('what is posted to subscribers is described at the endpoint where they subscribe, by the field that names the URL', () => {
  const calledBack = operations.filter(({ callbacks }) => callbacks);
  expect(calledBack.map(({ operationId }) => operationId)).toEqual(['SubscribeToHealth']);
  for (const operation of calledBack) {
    const urls = Object.values(operation.callbacks ?? {}).flatMap((callback) => Object.entries(callback));
    expect(urls).toHaveLength(1);
    for (const [expression, { post }] of urls) {
      const [, field = ''] = /^\{\$request\.body#\/(\w+)\}$/.exec(expression) ?? [];
      expect(bodyOf(operation)?.['properties']).toHaveProperty(field);
      expect(bodyOf(post)?.['properties']).toHaveProperty('event');
    }
  }
});

test('one file is one function, and bears its name', async () => {
  for (const name of functionFiles) await import(resolve(`functions/${name}.ts`));
  // The endpoints of the sample service are no part of this contract, and not there unless the settings say so.
  const always = functionFiles.filter((name) => !['getAnonTokenJob', 'getAdhocMeetingJob'].includes(name));
  expect(functionApp.functions.map(({ metadata }) => metadata.name).sort()).toEqual(always.sort());
});
