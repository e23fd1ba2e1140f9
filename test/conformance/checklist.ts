import { readFileSync } from 'node:fs';

/** One numbered requirement of docs/protocol/ucwa.md §6. */
export interface Requirement {
  readonly line: number;
  /** With its sources in brackets. */
  readonly text: string;
  /** The heading that it stands under, without its number. */
  readonly section: string;
}

/** Reads the checklist; throws if its lines are not numbered from 1 on without a gap. */
export function readChecklist(protocolFile = 'docs/protocol/ucwa.md'): Requirement[] {
  const [, checklist = ''] = /^## 6\. (.*?)^(?:---|## 7)/ms.exec(readFileSync(protocolFile, 'utf8')) ?? [];
  const requirements: Requirement[] = [];
  let section = '';
  for (const row of checklist.split('\n')) {
    section = /^### [\d.]+ (.+)$/.exec(row)?.[1] ?? section;
    const [, number, text] = /^(\d+)\. (.+)$/.exec(row) ?? [];
    if (number === undefined || text === undefined) continue;
    if (Number(number) !== requirements.length + 1) throw new Error(`the checklist has no line before ${number}`);
    requirements.push({ line: Number(number), text, section });
  }
  return requirements;
}
