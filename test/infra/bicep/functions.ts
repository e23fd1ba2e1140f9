import { createHash } from 'node:crypto';
import { subscriptionId, tenantId } from './azure.ts';
import { asArray, asLambda, asObject, asText, isArray, isTrue, type Value } from './values.ts';

/** The functions of Bicep that the templates use. */
export const functions: Readonly<Record<string, (...values: Value[]) => Value>> = {
  // Of resource ids and names only, as Azure makes them: the same for the same.
  uniqueString: (...texts) =>
    createHash('sha256').update(texts.map(asText).join('\n')).digest('hex').replaceAll(/[0-9]/g, 'x').slice(0, 13),
  guid: (...texts) => texts.map(asText).join('+'),
  subscription: () => ({ id: `/subscriptions/${subscriptionId}`, tenantId }),
  subscriptionResourceId: (type, name) => `/subscriptions/${subscriptionId}/providers/${asText(type)}/${asText(name)}`,
  environment: () => ({ authentication: { loginEndpoint: 'https://login.microsoftonline.com/' } }),
  empty: (value) => (typeof value === 'string' ? value === '' : Object.keys(asObjectOrArray(value)).length === 0),
  trim: (text) => asText(text).trim(),
  split: (text, separator) => asText(text).split(asText(separator)),
  startsWith: (text, start) => asText(text).toLowerCase().startsWith(asText(start).toLowerCase()),
  union: (...objects) => Object.assign({}, ...objects.map(asObject)) as Value,
  items: (object) => Object.entries(asObject(object)).map(([key, value]) => ({ key, value })),
  map: (array, lambda) => asArray(array).map(asLambda(lambda)),
  concat: (...arrays) => arrays.flatMap(asArray),
  filter: (array, lambda) => asArray(array).filter((entry) => isTrue(asLambda(lambda)(entry))),
  toObject: (array, key, value) =>
    Object.fromEntries(asArray(array).map((entry) => [asText(asLambda(key)(entry)), asLambda(value)(entry)])),
};

const asObjectOrArray = (value: Value | undefined): object => (isArray(value) ? value : asObject(value));
