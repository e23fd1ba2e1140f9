import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { committedFiles, connectorFiles, connectorFolder, type Files } from './files.ts';

/** What to write, and into which folder. */
interface Writing {
  readonly folder: string;
  readonly files: Files;
}

const usage = `npm run connector
    writes the committed files in ${connectorFolder}/ anew, after a change of the contract
npm run connector -- --host join.contoso.com --to FOLDER
    writes the files of one deployment, to be imported with a function key
npm run connector -- --host join.contoso.com --to FOLDER --tenant-id GUID --client-id GUID --resource api://GUID
    the same for a deployment with CALLER_AUTH=entra: the tenant, the connector's registration, and the Application ID URI
    of the service's registration`;

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const options = {
  host: { type: 'string' },
  to: { type: 'string' },
  'tenant-id': { type: 'string' },
  'client-id': { type: 'string' },
  resource: { type: 'string' },
} as const;

/** `npm run connector`: writes the connector's files. Answers the exit code: 2 for a command line that is not understood. */
export function main(args: readonly string[], { log, error }: Pick<Console, 'log' | 'error'>): number {
  const writing = readCommandLine(args);
  if (!writing) {
    error(usage);
    return 2;
  }
  mkdirSync(writing.folder, { recursive: true });
  for (const [name, content] of Object.entries(writing.files)) writeFileSync(join(writing.folder, name), content);
  log(`${writing.folder}: ${Object.keys(writing.files).join(', ')}`);
  return 0;
}

/** What the words after `npm run connector --` ask for; undefined if that is not clear. */
export function readCommandLine(args: readonly string[]): Writing | undefined {
  if (args.length === 0) return { folder: connectorFolder, files: committedFiles() };
  const said = parsed(args);
  if (!said) return undefined;
  const { host = '', to, 'tenant-id': tenantId, 'client-id': clientId, resource } = said;
  if (!isBareHost(host) || !to) return undefined;
  if (tenantId === undefined && clientId === undefined && resource === undefined) {
    return { folder: to, files: connectorFiles({ host, connection: 'function-key' }) };
  }
  if (!tenantId || !clientId || !guid.test(tenantId) || !guid.test(clientId) || !isIdUri(resource)) return undefined;
  return { folder: to, files: connectorFiles({ host, connection: { tenantId, clientId, resource } }) };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch {
    return undefined;
  }
}

/** A DNS name in lower case: no scheme, no port, no path, and no address, whose last part is a number. */
function isBareHost(text: string): boolean {
  const label = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
  return new RegExp(`^(?:${label}\\.)+(?!\\d)${label}$`).test(text);
}

function isIdUri(text: string | undefined): text is string {
  return text !== undefined && /^(?:api|https):\/\/[\w./-]+$/.test(text);
}
