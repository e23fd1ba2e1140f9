import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { committedFiles, connectorFolder } from '../../connector/generate/files.ts';
import { operations } from '../../connector/generate/operations.ts';
import { endpoints, type EndpointDefinition } from '../../lib/contract/endpoints.ts';
import { apiDefinition } from '../../lib/contract/openApi.ts';
import { operationsOf, swaggerSchema } from './lint/swagger.ts';

const committed = (name: string): string => readFileSync(`${connectorFolder}/${name}`, 'utf8');
const made = committedFiles();
const text = committed('apiDefinition.swagger.json');
const swagger = swaggerSchema.parse(JSON.parse(text));

test.each(['apiDefinition.swagger.json', 'apiProperties.json', 'apiProperties.entra.json'])(
  '%s is what the contract makes: if not, run npm run connector',
  (name) => {
    expect(committed(name)).toBe(made[name]);
  },
);

// In a process of its own: the parser is an ES module inside, which Jest cannot load.
const validate = `
  import { readFileSync } from 'node:fs';
  import SwaggerParser from '@apidevtools/swagger-parser';
  await SwaggerParser.validate(JSON.parse(readFileSync(0, 'utf8')));
`;
const validated = (input: string) =>
  spawnSync(process.execPath, ['--input-type=module', '--eval', validate], { input, encoding: 'utf8' });

test('the definition is valid Swagger 2.0', () => {
  expect(validated(text)).toMatchObject({ status: 0, stderr: '' });
  // What says so can also say no.
  expect(validated(text.replace('"operationId": "GetGuest"', '"operationId": "RemoveGuest"')).stderr).toContain(
    'uplicate',
  );
});

test('every endpoint that needs a caller is an operation, with its own method, path and names', () => {
  const ofCallers = Object.values<EndpointDefinition>(endpoints).filter(({ auth }) => auth === 'caller');
  const rows = operationsOf(swagger).map(({ method, path, name }) => `${method} ${path} ${name}`);
  expect(rows.sort()).toEqual(
    ofCallers.map(({ method, route, operationId }) => `${method.toLowerCase()} /${route} ${operationId}`).sort(),
  );
  expect(operations).toHaveLength(ofCallers.length);
});

test('an operation has the parameters, the required fields and the statuses that the OpenAPI definition has', () => {
  const { paths, components } = apiDefinition() as {
    paths: Record<string, Record<string, { parameters?: { name: string }[]; responses: object }>>;
    components: { schemas: Record<string, { required?: string[]; properties: object }> };
  };
  for (const { path, method, operation, parameters } of operationsOf(swagger)) {
    const other = paths[path]?.[method];
    const names = parameters.filter((one) => one.in !== 'body').map(({ name }) => name);
    expect(names).toEqual((other?.parameters ?? []).map(({ name }) => name));
    const statuses = Object.keys(operation.responses).filter((status) => status !== 'default');
    expect(statuses.sort()).toEqual(Object.keys(other?.responses ?? {}).sort());
  }
  for (const [id, { required = [], properties = {} }] of Object.entries(swagger.definitions)) {
    const other = components.schemas[id];
    expect(required).toEqual(other?.required ?? []);
    expect(Object.keys(properties)).toEqual(Object.keys(other?.properties ?? {}));
  }
});

describe('the file', () => {
  test('has its sections in the order of the guidelines', () => {
    expect(Object.keys(JSON.parse(text) as object)).toEqual([
      ...['swagger', 'info', 'host', 'basePath', 'schemes', 'consumes', 'produces', 'paths', 'definitions'],
      ...['parameters', 'securityDefinitions', 'security', 'x-ms-connector-metadata'],
    ]);
  });

  test('is indented by four spaces, without tabs or blanks at the end of a line', () => {
    const lines = text.split('\n');
    expect(lines.filter((line) => /\t| $/.test(line) || (/^ */.exec(line)?.[0].length ?? 0) % 4 !== 0)).toEqual([]);
    expect(lines[1]).toMatch(/^ {4}"/);
  });

  test('is smaller than the megabyte that can be imported', () => {
    expect(Buffer.byteLength(text)).toBeLessThan(1_000_000);
  });
});
