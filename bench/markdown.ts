import { cpus } from 'node:os';

/** A table as the README holds it: the first row is the head. */
export function printTable(title: string, [head = [], ...rows]: readonly (readonly string[])[]): void {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  console.log(`\n${[title, '', ...[head, rule, ...rows].map(line)].join('\n').trim()}`);
}

/** What the numbers were measured on, and when. */
export function printMachine(): void {
  const [cpu] = cpus();
  const model = cpu?.model.trim() ?? 'unknown CPU';
  console.log(`Node ${process.version}, ${cpus().length} × ${model}, ${process.platform}; ${today()}.`);
}

export function milliseconds(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}
