import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiProperties, entraPlaceholder } from './connection.ts';
import { connectorDefinition, type DefinitionOptions } from './definition.ts';
import type { Json } from './swaggerSchema.ts';

/** Contents by file name. */
export type Files = Readonly<Record<string, string | Buffer>>;

/** The folder of this connector, from the project's root. */
export const connectorFolder = 'connector';
/** In the files that are committed; nobody's service. */
export const placeholderHost = 'join.contoso.com';

/** What is imported into Power Platform for one deployment. */
export function connectorFiles(options: DefinitionOptions): Files {
  return { ...madeFiles(options), 'icon.png': readFileSync(join(connectorFolder, 'icon.png')) };
}

/** The committed files that are made: the connector with a function key, and what is different in apiProperties.json with Entra. */
export function committedFiles(): Files {
  return {
    ...madeFiles({ host: placeholderHost, connection: 'function-key' }),
    'apiProperties.entra.json': jsonText(apiProperties(entraPlaceholder)),
  };
}

function madeFiles(options: DefinitionOptions): Files {
  return {
    'apiDefinition.swagger.json': jsonText(connectorDefinition(options)),
    'apiProperties.json': jsonText(apiProperties(options.connection)),
  };
}

/** Four spaces, as the connector guidelines ask. */
function jsonText(value: Json): string {
  return `${JSON.stringify(value, null, 4)}\n`;
}
