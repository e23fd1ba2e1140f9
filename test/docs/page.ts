import { readdirSync, readFileSync } from 'node:fs';

/** What stands in a fence. */
interface Fence {
  readonly language: string;
  readonly text: string;
}

/** An example that is run as it is written: a fence behind `<!-- run -->`, and the one behind `<!-- answer -->` after it. */
export interface Example extends Fence {
  readonly answer: Fence | undefined;
}

/** Every page of the project, as paths from its root. */
export const pages: readonly string[] = [
  'README.md',
  'SECURITY.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.replaceAll('\\', '/')}`)
    .toSorted(),
  'bench/README.md',
  'client/README.md',
  'connector/readme.md',
  'infra/README.md',
];

/** The pages for the four readers. */
export const readers = ['app-developer', 'flow-maker', 'administrator', 'maintainer'] as const;
type Reader = (typeof readers)[number];

export const pageFor = (reader: Reader): string => readFileSync(`docs/${reader}.md`, 'utf8');

const marked = /^<!-- (run|answer) -->\n```(\w+)\n([^]*?)\n```$/gm;

/** The examples of a page, in their order. */
export function examplesOf(page: string): Example[] {
  const examples: Example[] = [];
  for (const [, mark, language = '', text = ''] of page.matchAll(marked)) {
    const last = examples.at(-1);
    if (mark === 'run') examples.push({ language, text, answer: undefined });
    else if (last && !last.answer) examples.splice(-1, 1, { ...last, answer: { language, text } });
    else throw new Error(`an answer to nothing: ${text}`);
  }
  const marks = page.match(/<!-- (run|answer) -->/g) ?? [];
  const found = examples.length + examples.filter(({ answer }) => answer).length;
  if (marks.length !== found) throw new Error(`${marks.length} marks, but ${found} fences behind them`);
  return examples;
}

/** The commands of a shell example: a line that ends in a backslash goes on. */
export const commandsOf = ({ text }: Fence): string[] => text.replaceAll(/\\\n\s*/g, '').split('\n');

/** The rows of all tables of a page, by cell. */
export const rowsOf = (page: string): string[][] =>
  [...page.matchAll(/^\| (.*) \|$/gm)].map(([, row = '']) => row.split(/ ?\| /));

/** What stands under a heading, up to the next one of the same or a higher level. */
export function sectionOf(page: string, title: string): string {
  const [, level = ''] = new RegExp(`^(#+) ${title}$`, 'm').exec(page) ?? [];
  const [, below = ''] = page.split(`${level} ${title}\n`);
  if (level === '' || below === '') throw new Error(`there is no section ${title}`);
  return below.split(new RegExp(`^#{1,${level.length}} `, 'm'))[0] ?? '';
}

/** The names in backticks that match. */
export const namesIn = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(/`([^`\n]+)`/g)].flatMap(([, name = '']) => (pattern.test(name) ? [name] : []));
