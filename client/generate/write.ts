/** `npm run client:types`: writes client/definition/ from the API definition, or another folder if one is named. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import openapiTS, { astToString } from 'openapi-typescript';
import { format } from 'oxfmt';
import { apiDefinition } from '../../lib/contract/openApi.ts';
import { endpointTable, shapesOf, type Definition } from './definition.ts';

const [folder = 'client/definition'] = process.argv.slice(2);
const definition = apiDefinition() as unknown as Definition;
const { schemas } = definition.components;
const endpoints = endpointTable(definition);
const answers = new Set(Object.values(endpoints).flatMap((endpoint) => Object.values(endpoint.answers)));
// The types leave the paths out: endpoints.ts has them, which exists at run time too.
const types = await openapiTS(JSON.stringify({ ...definition, paths: {} }), {
  rootTypes: true,
  rootTypesNoSchemaPrefix: true,
});

mkdirSync(folder, { recursive: true });
await write('api.ts', astToString(types));
await write(
  'endpoints.ts',
  `/** How each endpoint is called. */\nexport const endpoints = ${JSON.stringify(endpoints)} as const;`,
);
const shapes = shapesOf(schemas, [...answers, 'Problem']);
await write('shapes.ts', `/** What answers look like. */\nexport const shapes = ${JSON.stringify(shapes)} as const;`);

async function write(name: string, text: string): Promise<void> {
  const headed = `// Written by \`npm run client:types\` from lib/contract: change the endpoints and schemas there.\n\n${text}`;
  const { code } = await format(name, headed, { singleQuote: true, printWidth: 120 });
  writeFileSync(join(folder, name), code);
}
