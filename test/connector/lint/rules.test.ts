import { entraPlaceholder } from '../../../connector/generate/connection.ts';
import { connectorDefinition } from '../../../connector/generate/definition.ts';
import { rules } from './rules.ts';
import { swaggerSchema, type Swagger } from './swagger.ts';

const host = 'join.contoso.com';
const definitions = {
  'a function key': JSON.stringify(connectorDefinition({ host, connection: 'function-key' })),
  Entra: JSON.stringify(connectorDefinition({ host, connection: entraPlaceholder })),
};

/** A copy, as it is read from the file. */
const read = (text: string): Swagger => swaggerSchema.parse(JSON.parse(text));

describe.each(rules)('$rule', ({ findings, brokenBy }) => {
  test.each(Object.entries(definitions))('holds for the connector with %s', (_, text) => {
    expect(findings(read(text))).toEqual([]);
  });

  test.each(Object.entries(brokenBy))('is broken by %s', (_, spoil) => {
    const definition = read(definitions['a function key']);
    spoil(definition);
    expect(findings(definition)).not.toEqual([]);
  });
});
