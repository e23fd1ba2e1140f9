import { readdirSync, readFileSync } from 'node:fs';

/** A test whose name begins with the lines of the checklist that it proves, as in `89, 90: an href is read …`. */
export interface Proof {
  readonly lines: readonly number[];
  /** Without the numbers, behind the names of the groups that it is in, as Jest reports it. */
  readonly name: string;
  /** From the root of the repository. */
  readonly file: string;
}

/** Reads the sources of all tests; those of this folder speak about such names and prove nothing. */
export function readProofs(): Proof[] {
  return readdirSync('test', { encoding: 'utf8', recursive: true })
    .map((file) => `test/${file.replaceAll('\\', '/')}`)
    .filter((file) => file.endsWith('.test.ts') && !file.startsWith('test/conformance/'))
    .sort()
    .flatMap((file) => proofsIn(readFileSync(file, 'utf8'), file));
}

// The name is the first argument of `test(`, `it(`, or of the call that ends `test.each(…)(` or its template form.
const numberedTest = /^( *)(?:(?:test|it)|.*[)`])\(\s*(['"`])(\d{1,3}(?:(?:, |–)\d{1,3})*): ((?:\\.|(?!\2)[^\\])+)\2/gm;
const group = /^( *)describe(?:\.each\(.*\))?\(\s*(['"`])((?:\\.|(?!\2)[^\\])+)\2/gm;

/** The numbered tests of one source, which is laid out by Prettier: indentation tells what is in which group. */
export function proofsIn(source: string, file: string): Proof[] {
  const groups = [...source.matchAll(group)].map(({ index, 1: indent = '', 3: name = '' }) => ({
    index,
    depth: indent.length,
    name,
  }));
  const groupsAround = (index: number, depth: number): string[] => {
    const around = groups.findLast((one) => one.index < index && one.depth < depth);
    return around ? [...groupsAround(around.index, around.depth), around.name] : [];
  };
  return [...source.matchAll(numberedTest)].map(({ index, 1: indent = '', 3: numbers = '', 4: name = '' }) => ({
    lines: numbers.split(', ').flatMap(numbersOf),
    name: [...groupsAround(index, indent.length), name].join(' ').replace(/\\(.)/g, '$1'),
    file,
  }));
}

/** `15`, or all from 15 to 17 for `15–17`. */
function numbersOf(text: string): number[] {
  const [first = 0, last = first] = text.split('–').map(Number);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
