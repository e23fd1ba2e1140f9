import type * as z from 'zod';
import { parametersOf, swaggerOperation, type Parameter } from './operation.ts';
import { operations, type Operation } from './operations.ts';
import { securityOf, type Connection } from './connection.ts';
import { idOf, referenceTo, swaggerDefinitions, type Json } from './swaggerSchema.ts';
import { titleOf, wordingOf } from './wording.ts';

export interface DefinitionOptions {
  /** Where the service is: a DNS name. */
  readonly host: string;
  readonly connection: Connection;
}

/**
 * The connector's definition: Swagger 2.0, as Power Automate reads it, made from the endpoints and from the very schemas that
 * validate requests. In the order of sections that the connector guidelines ask for.
 */
export function connectorDefinition({ host, connection }: DefinitionOptions): Json {
  return {
    swagger: '2.0',
    info: {
      version: '1.0',
      title: 'Anonymous Join',
      description:
        'Short-lived tokens with which guests without an account join an online meeting, and with which the same guest comes back after a dropped connection.',
      contact: { name: 'Contoso Support', url: 'https://www.contoso.com/support', email: 'support@contoso.com' },
    },
    host,
    basePath: '/api',
    schemes: ['https'],
    consumes: ['application/json'],
    produces: ['application/json'],
    paths: paths(),
    definitions: swaggerDefinitions(schemas(), wordsOf),
    parameters: sharedParameters(),
    ...securityOf(connection),
    'x-ms-connector-metadata': [
      { propertyName: 'Website', propertyValue: 'https://www.contoso.com' },
      { propertyName: 'Privacy policy', propertyValue: 'https://www.contoso.com/privacy' },
      { propertyName: 'Categories', propertyValue: 'Communication;Collaboration' },
    ],
  };
}

function paths(): Json {
  const byPath: Record<string, Json> = {};
  for (const operation of operations) {
    const { route, method, notification } = operation.endpoint;
    byPath[`/${route}`] = {
      ...byPath[`/${route}`],
      ...(notification && {
        'x-ms-notification-content': {
          description: notification.description,
          schema: referenceTo(idOf(notification.schema)),
        },
      }),
      [method.toLowerCase()]: swaggerOperation(operation, referIfShared),
    };
  }
  return byPath;
}

/** What bodies, answers and notifications are made of; a schema that one of them holds must be among them. */
function schemas(): z.ZodObject[] {
  const all = operations.flatMap(({ endpoint: { body, answers, notification } }) => [
    body,
    ...Object.values(answers).map(({ schema }) => schema),
    notification?.schema,
  ]);
  return [...new Set(all.filter((schema) => schema !== undefined))];
}

function wordsOf(place: string, name: string): Json {
  const isCallback = callbacks.has(`${place}.${name}`);
  return {
    ...wordingOf(place, name),
    ...(isCallback && { 'x-ms-notification-url': true, 'x-ms-visibility': 'internal' }),
  };
}

/** Fields that Power Automate fills in by itself. */
const callbacks = new Set(
  operations.flatMap(({ endpoint: { body, notification } }) =>
    body && notification ? [`${idOf(body)}.${notification.to}`] : [],
  ),
);

const keyOf = ({ name, in: place }: Parameter): string => `${titleOf(name).replaceAll(' ', '')}In${titleOf(place)}`;
const usersOf = (key: string): Operation[] =>
  operations.filter(({ endpoint }) => parametersOf(endpoint).some((parameter) => keyOf(parameter) === key));

/** Parameters of more than one operation stand in a section of their own. */
function referIfShared(parameter: Parameter): Json {
  const key = keyOf(parameter);
  return usersOf(key).length > 1 ? { $ref: `#/parameters/${key}` } : parameter;
}

function sharedParameters(): Json {
  const all = operations.flatMap(({ endpoint }) => parametersOf(endpoint)).map((one) => [keyOf(one), one] as const);
  return Object.fromEntries(all.filter(([key]) => usersOf(key).length > 1));
}
