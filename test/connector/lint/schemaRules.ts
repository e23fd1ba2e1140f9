import { propertyAt, type Rule } from './rule.ts';
import { operationsOf, resolved, schemasOf, type Schema, type Swagger } from './swagger.ts';

const types: readonly unknown[] = ['string', 'number', 'integer', 'boolean', 'object', 'array'];
const formats: readonly unknown[] = [
  ...['int32', 'int64', 'float', 'double', 'byte', 'binary', 'date', 'date-time', 'password'],
  ...['date-no-tz', 'email', 'html', 'uri', 'uuid'],
];
const keywords = new Set([
  ...[
    '$ref',
    'type',
    'format',
    'title',
    'description',
    'default',
    'enum',
    'items',
    'properties',
    'required',
    'pattern',
  ],
  ...['multipleOf', 'maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum', 'maxLength', 'minLength'],
  ...['maxItems', 'minItems', 'readOnly', 'allOf', 'additionalProperties'],
]);

/** The extensions that Microsoft documents for connectors: "Create a custom connector with an OpenAPI extension". */
const extensions = new Set([
  ...['x-ms-summary', 'x-ms-visibility', 'x-ms-api-annotation', 'x-ms-operation-context', 'x-ms-capabilities'],
  ...['x-ms-trigger', 'x-ms-trigger-hint', 'x-ms-notification-content', 'x-ms-notification-url', 'x-ms-url-encoding'],
  ...['x-ms-dynamic-values', 'x-ms-dynamic-list', 'x-ms-dynamic-schema', 'x-ms-dynamic-properties'],
  'x-ms-connector-metadata',
]);

const forSchemas =
  (complaintOf: (schema: Schema, swagger: Swagger) => string | false): Rule['findings'] =>
  (swagger) =>
    [...schemasOf(swagger)].flatMap(([place, schema]) => {
      const complaint = complaintOf(schema, swagger);
      return complaint === false ? [] : [`${place}: ${complaint}`];
    });

function* namesIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    yield name;
    yield* namesIn(inner);
  }
}

function dynamicOperations(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value as Record<string, unknown>).flatMap(([name, inner]) =>
    name.startsWith('x-ms-dynamic-') && typeof inner === 'object' && inner !== null && 'operationId' in inner
      ? [String(inner.operationId)]
      : dynamicOperations(inner),
  );
}

/** What Swagger 2.0 and the platform's own schema of it know; "Fix Swagger Validator errors". */
export const schemaRules: readonly Rule[] = [
  {
    rule: 'every schema has one known type, known keywords and a known format: no unions, no null',
    findings: forSchemas((schema) => {
      const unknown = Object.keys(schema).filter((name) => !keywords.has(name) && !name.startsWith('x-ms-'));
      const isTyped = schema.$ref !== undefined || types.includes(schema.type);
      const isFormatted = schema['format'] === undefined || formats.includes(schema['format']);
      return !(unknown.length === 0 && isTyped && isFormatted) && `${unknown.join()} ${JSON.stringify(schema.type)}`;
    }),
    brokenBy: {
      'null among the types': (swagger) => (propertyAt(swagger, 'Guest.state').type = ['string', 'null']),
      'no type': (swagger) => delete propertyAt(swagger, 'Guest.state').type,
      oneOf: (swagger) => (propertyAt(swagger, 'Guest.state')['oneOf'] = [{ type: 'string' }]),
      anyOf: (swagger) => (propertyAt(swagger, 'Guest.state')['anyOf'] = [{ type: 'string' }]),
      nullable: (swagger) => (propertyAt(swagger, 'Guest.state')['nullable'] = true),
      const: (swagger) => (propertyAt(swagger, 'Guest.state')['const'] = 'active'),
      uniqueItems: (swagger) => (propertyAt(swagger, 'GuestPage.guests')['uniqueItems'] = true),
      'a format of its own': (swagger) => (propertyAt(swagger, 'Guest.guestId')['format'] = 'digest'),
    },
  },
  {
    rule: 'a reference leads to a definition, and has nothing beside it',
    findings: forSchemas((schema, swagger) => {
      const isAlone = schema.$ref === undefined || Object.keys(schema).length === 1;
      return !(isAlone && resolved(swagger, schema)) && String(schema.$ref);
    }),
    brokenBy: {
      'a definition that is gone': (swagger) => delete swagger.definitions['Guest'],
      'a description beside it': (swagger) => {
        const items = propertyAt(swagger, 'GuestPage.guests').items;
        if (items) items.description = 'A guest.';
      },
    },
  },
  {
    rule: 'what is required is there, and is not an empty list',
    findings: forSchemas(({ required, properties = {} }) => {
      const missing = (required ?? []).filter((name) => !(name in properties));
      return (required?.length === 0 || missing.length > 0) && `required ${missing.join()}`;
    }),
    brokenBy: {
      'a property that is gone': (swagger) => delete swagger.definitions['Guest']?.properties?.['state'],
      nothing: (swagger) => {
        const guest = swagger.definitions['Guest'];
        if (guest) guest.required = [];
      },
    },
  },
  {
    rule: 'every list says what it is of, and every choice has values, each once',
    findings: forSchemas(({ type, items, ...rest }) => {
      const values = Array.isArray(rest['enum']) ? (rest['enum'] as unknown[]) : undefined;
      const isChoice = values === undefined || (values.length > 0 && new Set(values).size === values.length);
      return ((type === 'array' && items === undefined) || !isChoice) && 'a list of nothing';
    }),
    brokenBy: {
      'a list of nothing': (swagger) => delete propertyAt(swagger, 'GuestPage.guests').items,
      'no choice': (swagger) => (propertyAt(swagger, 'Guest.state')['enum'] = []),
      'the same choice twice': (swagger) => (propertyAt(swagger, 'Guest.state')['enum'] = ['active', 'active']),
    },
  },
  {
    rule: 'only documented extensions are used',
    findings: (swagger) => [...namesIn(swagger)].filter((name) => name.startsWith('x-') && !extensions.has(name)),
    brokenBy: {
      'a misspelt one': (swagger) => (propertyAt(swagger, 'Guest.state')['x-ms-sumary'] = 'State'),
      'one of another tool': (swagger) => (propertyAt(swagger, 'Guest.state')['x-nullable'] = true),
    },
  },
  {
    rule: 'dynamic values come from an operation that is there',
    findings: (swagger) => {
      const ids = operationsOf(swagger).map(({ operation }) => operation.operationId);
      return dynamicOperations(swagger).filter((id) => !ids.includes(id));
    },
    brokenBy: {
      'an operation that is not': (swagger) =>
        (propertyAt(swagger, 'IssueRequest.meetingUrl')['x-ms-dynamic-values'] = { operationId: 'ListMeetings' }),
    },
  },
];
