/** `npm run conformance`: writes docs/ucwa-conformance.md from the names of the tests. */
import { writeFileSync } from 'node:fs';
import { conformanceTable, readConformance, tableFile } from './table.ts';

const answered = readConformance();
writeFileSync(tableFile, conformanceTable(answered));
const missing = answered.filter(({ proofs, reason }) => proofs.length === 0 && reason === undefined);
console.log(`${tableFile}: ${answered.length} lines, ${missing.length} without proof or reason`);
for (const { line, text } of missing) console.log(`  ${line}. ${text}`);
