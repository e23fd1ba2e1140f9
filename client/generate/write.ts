/** `npm run client:types`: writes client/definition/ from the API definition, or another folder if one is named. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import openapiTS, { astToString } from 'openapi-typescript';
import { format } from 'oxfmt';
import { apiDefinition } from '../../lib/contract/openApi.ts';
import { doorTable, type Definition } from './doorTable.ts';
import { shapesOf } from './shapesOf.ts';

const [folder = 'client/definition'] = process.argv.slice(2);
const definition = apiDefinition() as unknown as Definition;
const { schemas } = definition.components;
const doors = doorTable(definition);
const answers = new Set(Object.values(doors).flatMap((door) => Object.values(door.answers)));
// Without the paths: how a door is called stands in doors.ts, which unlike types is there at run time.
const types = await openapiTS(JSON.stringify({ ...definition, paths: {} }), {
  rootTypes: true,
  rootTypesNoSchemaPrefix: true,
});

mkdirSync(folder, { recursive: true });
await write('api.ts', astToString(types));
await write('doors.ts', `/** How each door is called. */\nexport const doors = ${JSON.stringify(doors)} as const;`);
const shapes = shapesOf(schemas, [...answers, 'Problem']);
await write('shapes.ts', `/** What answers look like. */\nexport const shapes = ${JSON.stringify(shapes)} as const;`);

async function write(name: string, text: string): Promise<void> {
  const headed = `// Written by \`npm run client:types\` from lib/http: change the schemas or the doors there.\n\n${text}`;
  const { code } = await format(name, headed, { singleQuote: true, printWidth: 120 });
  writeFileSync(join(folder, name), code);
}
