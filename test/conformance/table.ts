import { readChecklist, type Requirement } from './checklist.ts';
import { readProofs, type Proof } from './proofs.ts';
import { reasons } from './reasons.ts';

export const tableFile = 'docs/ucwa-conformance.md';

/** One line of the checklist with all that is said to it. */
interface Answered extends Requirement {
  readonly proofs: readonly Proof[];
  readonly reason: string | undefined;
}

/** Every line of the checklist with the tests that prove it, and the reason where there is one. */
export function readConformance(): Answered[] {
  const proofs = readProofs();
  return readChecklist().map((requirement) => ({
    ...requirement,
    proofs: proofs.filter(({ lines }) => lines.includes(requirement.line)),
    reason: reasons[requirement.line],
  }));
}

/** The document, as it should stand in {@link tableFile}. */
export function conformanceTable(answered: readonly Answered[]): string {
  const sections = [...new Set(answered.map(({ section }) => section))];
  return [
    '# UCWA conformance',
    '',
    'Every line of the checklist in [protocol/ucwa.md](protocol/ucwa.md) §6 with the tests that prove it, or the reason why none does.',
    'Made from the names of the tests by `npm run conformance`; do not edit. Sources in brackets are explained in §0 there.',
    ...sections.flatMap((section) => [
      '',
      `## ${section}`,
      '',
      '| Line | Requirement | Proof |',
      '| ---: | --- | --- |',
      ...answered.filter((one) => one.section === section).map(rowOf),
    ]),
    '',
  ].join('\n');
}

function rowOf({ line, text, proofs, reason }: Answered): string {
  const files = [...new Set(proofs.map(({ file }) => file))];
  const proven = files.map((file) => {
    const names = proofs.filter((proof) => proof.file === file).map(({ name }) => `“${plain(name)}”`);
    return `[${file.replace(/^test\//, '')}](../${file}): ${names.join('; ')}`;
  });
  const answer = [...proven, ...(reason === undefined ? [] : [reason])].join('<br>');
  return `| ${line} | ${text.replaceAll('|', '\\|')} | ${answer || '**missing**'} |`;
}

/** Names of tests are no Markdown. */
function plain(name: string): string {
  return name
    .replace(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\`*_|[\]]/g, '\\$&');
}
