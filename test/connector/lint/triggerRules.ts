import { forOperations, operationNamed, propertyAt, type Rule } from './rule.ts';
import { operationsOf, resolved, type Placed, type Schema, type Swagger } from './swagger.ts';

const isTrigger = ({ operation }: Placed): boolean => operation['x-ms-trigger'] !== undefined;

/** The fields of the operation's body into which a callback URL is put. */
function callbacksOf({ parameters }: Placed, swagger: Swagger): [name: string, field: Schema, isRequired: boolean][] {
  return parameters.flatMap((one) => {
    const body = resolved(swagger, one.schema);
    return Object.entries(body?.properties ?? {})
      .filter(([, field]) => field['x-ms-notification-url'])
      .map(([name, field]): [string, Schema, boolean] => [
        name,
        field,
        one.required === true && (body?.required ?? []).includes(name),
      ]);
  });
}

const subscriptions = '/v1/health-subscriptions';
const deletion = `${subscriptions}/{subscriptionId}`;

/** "Use a webhook as a trigger", "Connector string guidance", "Fix Swagger Validator errors" (Webhooks). */
export const triggerRules: readonly Rule[] = [
  {
    rule: 'a trigger is single or batch, its summary says when, and its description says that it triggers',
    findings: forOperations((placed) => {
      if (!isTrigger(placed)) return false;
      const { summary = '', description = '', 'x-ms-trigger': kind = '' } = placed.operation;
      const isWorded = summary.startsWith('When ') && description.startsWith('This operation triggers when ');
      return !(isWorded && /^(?:single|batch)$/.test(kind)) && `${kind}: ${summary}`;
    }),
    brokenBy: {
      'another kind': (swagger) => (operationNamed(swagger, 'SubscribeToHealth')['x-ms-trigger'] = 'webhook'),
      'the summary of an action': (swagger) =>
        (operationNamed(swagger, 'SubscribeToHealth').summary = 'Subscribe to health'),
      'the description of an action': (swagger) =>
        (operationNamed(swagger, 'SubscribeToHealth').description = 'Subscribes to changes of health.'),
    },
  },
  {
    rule: 'a trigger takes one callback URL: a string, internal, and required all the way',
    findings: forOperations((placed, swagger) => {
      const callbacks = callbacksOf(placed, swagger);
      const isGood = callbacks.every(
        ([, { type, 'x-ms-visibility': visibility }, isRequired]) =>
          type === 'string' && visibility === 'internal' && isRequired,
      );
      return !(isGood && callbacks.length === (isTrigger(placed) ? 1 : 0)) && `${callbacks.length} callback URLs`;
    }),
    brokenBy: {
      'no callback URL': (swagger) =>
        delete propertyAt(swagger, 'HealthSubscriptionRequest.callbackUrl')['x-ms-notification-url'],
      'one that the flow maker sees': (swagger) =>
        (propertyAt(swagger, 'HealthSubscriptionRequest.callbackUrl')['x-ms-visibility'] = 'advanced'),
      'one that may be left out': (swagger) => delete swagger.definitions['HealthSubscriptionRequest']?.required,
      'a body that may be left out': (swagger) => {
        const [body] = operationNamed(swagger, 'SubscribeToHealth').parameters ?? [];
        if (body) body.required = false;
      },
      'a number': (swagger) => (propertyAt(swagger, 'HealthSubscriptionRequest.callbackUrl').type = 'integer'),
      'one in an action': (swagger) =>
        (propertyAt(swagger, 'PreflightRequest.meetingUrl')['x-ms-notification-url'] = true),
    },
  },
  {
    rule: "the content of a trigger's notifications stands on its path, and nowhere else",
    findings: forOperations((placed, swagger) => {
      const content = resolved(swagger, placed.item['x-ms-notification-content']?.schema);
      return isTrigger(placed) !== (content?.type === 'object') && 'x-ms-notification-content';
    }),
    brokenBy: {
      'no content': (swagger) => delete swagger.paths[subscriptions]?.['x-ms-notification-content'],
      'content without a schema': (swagger) =>
        delete swagger.paths[subscriptions]?.['x-ms-notification-content']?.schema,
      'content of an action': (swagger) => {
        const item = swagger.paths['/v1/meetings'];
        if (item) item['x-ms-notification-content'] = { schema: { $ref: '#/definitions/Meeting' } };
      },
    },
  },
  {
    rule: 'a trigger answers 201 with a Location, at which an internal operation deletes the subscription',
    findings: forOperations((placed, swagger) => {
      if (!isTrigger(placed)) return false;
      const ends = operationsOf(swagger).filter(
        ({ path, method }) => method === 'delete' && path.startsWith(`${placed.path}/{`) && path.endsWith('}'),
      );
      const isInternal = ends.every(({ operation }) => operation['x-ms-visibility'] === 'internal');
      const isNamed = placed.operation.responses['201']?.headers?.['Location']?.type === 'string';
      return !(ends.length === 1 && isInternal && isNamed) && `${ends.length} ways to end it`;
    }),
    brokenBy: {
      'no way to end it': (swagger) => (swagger.paths[deletion] = {}),
      'a way that the flow maker sees': (swagger) =>
        delete operationNamed(swagger, 'UnsubscribeFromHealth')['x-ms-visibility'],
      'no Location': (swagger) => delete operationNamed(swagger, 'SubscribeToHealth').responses['201']?.headers,
    },
  },
];
