/** `npm run connector`: writes the connector's files. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCommandLine, usage } from './commandLine.ts';

const writing = readCommandLine(process.argv.slice(2));
if (writing) {
  mkdirSync(writing.folder, { recursive: true });
  for (const [name, content] of Object.entries(writing.files)) writeFileSync(join(writing.folder, name), content);
  console.log(`${writing.folder}: ${Object.keys(writing.files).join(', ')}`);
} else {
  console.error(usage);
  process.exitCode = 2;
}
