import { forOperations, operationNamed, propertyAt, type Rule } from './rule.ts';
import { operationsOf, resolved, type Parameter, type Schema, type Swagger } from './swagger.ts';

const inPath = (path: string): string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);

/** The fields that a request must have, with where they stand. */
function requiredInputs(swagger: Swagger): [place: string, field: Parameter | Schema][] {
  return operationsOf(swagger).flatMap(({ name, parameters }) =>
    parameters.flatMap((one): [string, Parameter | Schema][] => {
      const body = resolved(swagger, one.schema);
      const fields = (body?.required ?? []).flatMap((field): [string, Schema][] => {
        const property = body?.properties?.[field];
        return property ? [[`${name} ${field}`, property]] : [];
      });
      return one.required ? [[`${name} ${one.name ?? ''}`, one], ...fields] : fields;
    }),
  );
}

function firstIn(swagger: Swagger, operationId: string): Parameter {
  const [first] = operationNamed(swagger, operationId).parameters ?? [];
  if (!first) throw new Error(`${operationId} has no parameter`);
  return first;
}

/** "Create a custom connector with an OpenAPI extension", "Follow coding standards", "Fix Swagger Validator errors". */
export const parameterRules: readonly Rule[] = [
  {
    rule: 'what is required and internal has a default, unless it is the callback URL, which is filled in',
    findings: (swagger) =>
      requiredInputs(swagger).flatMap(([place, field]) =>
        field['x-ms-visibility'] === 'internal' && !('default' in field) && !field['x-ms-notification-url']
          ? [place]
          : [],
      ),
    brokenBy: {
      'an internal field': (swagger) =>
        (propertyAt(swagger, 'IssueRequest.meetingUrl')['x-ms-visibility'] = 'internal'),
      'an internal header': (swagger) => (firstIn(swagger, 'CreateMeeting')['x-ms-visibility'] = 'internal'),
    },
  },
  {
    rule: 'path parameters are those of the path, required, and say how they are encoded',
    findings: forOperations(({ path, parameters }) => {
      const ofPath = parameters.filter((one) => one.in === 'path');
      const isSame =
        ofPath
          .map(({ name }) => name)
          .sort()
          .join() === inPath(path).sort().join();
      const isComplete = ofPath.every(
        (one) => one.required && /^(?:single|double)$/.test(one['x-ms-url-encoding'] ?? ''),
      );
      return !(isSame && isComplete) && `path parameters of ${path}`;
    }),
    brokenBy: {
      'no encoding': (swagger) => delete swagger.parameters['GuestIDInPath']?.['x-ms-url-encoding'],
      'an unknown encoding': (swagger) => (firstIn(swagger, 'UnsubscribeFromHealth')['x-ms-url-encoding'] = 'triple'),
      'an optional one': (swagger) => (firstIn(swagger, 'UnsubscribeFromHealth').required = false),
      'another name': (swagger) => (firstIn(swagger, 'UnsubscribeFromHealth').name = 'id'),
      'a missing one': (swagger) => (operationNamed(swagger, 'GetGuest').parameters = []),
    },
  },
  {
    rule: 'a parameter of several operations stands in a section of its own',
    findings: (swagger) => {
      const written = operationsOf(swagger).flatMap(({ operation }) => operation.parameters ?? []);
      const keys = written
        .filter(({ $ref, in: place }) => $ref === undefined && place !== 'body')
        .map((one) => `${one.in ?? ''} ${one.name ?? ''}`);
      return keys.filter((key, index) => keys.indexOf(key) !== index);
    },
    brokenBy: {
      'the same one written twice': (swagger) => {
        const shared = swagger.parameters['GuestIDInPath'];
        for (const id of ['GetGuest', 'RemoveGuest']) {
          operationNamed(swagger, id).parameters = shared ? [shared] : [];
        }
      },
    },
  },
  {
    rule: 'there is at most one body, with a schema, and none to be fetched with; other parameters have a type',
    findings: forOperations(({ method, parameters }) => {
      const bodies = parameters.filter((one) => one.in === 'body');
      const isTyped = parameters.every((one) => (one.in === 'body') === (one.schema !== undefined));
      const isAllowed = bodies.length <= (method === 'get' ? 0 : 1);
      return !(isTyped && isAllowed) && `${bodies.length} bodies`;
    }),
    brokenBy: {
      'two bodies': (swagger) => {
        const { parameters = [] } = operationNamed(swagger, 'PreflightJoin');
        parameters.push(...parameters);
      },
      'a GET with a body': (swagger) =>
        (operationNamed(swagger, 'GetHealth').parameters = [{ name: 'body', in: 'body', schema: { type: 'object' } }]),
      'a header with a schema': (swagger) => (firstIn(swagger, 'CreateMeeting').schema = { type: 'string' }),
      'a body without one': (swagger) => delete firstIn(swagger, 'PreflightJoin').schema,
    },
  },
];
