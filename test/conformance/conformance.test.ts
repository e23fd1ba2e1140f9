import { existsSync, readFileSync } from 'node:fs';
import { readChecklist } from './checklist.ts';
import { proofsIn, readProofs } from './proofs.ts';
import { reasons } from './reasons.ts';
import { conformanceTable, readConformance, tableFile } from './table.ts';

test('the checklist has 234 lines', () => {
  const requirements = readChecklist();
  expect(requirements).toHaveLength(234);
  expect(requirements.every(({ text, section }) => text !== '' && section !== '')).toBe(true);
});

test('every line has a test that proves it, or a reason', () => {
  const bare = readConformance().filter(({ proofs, reason }) => proofs.length === 0 && reason === undefined);
  expect(bare.map(({ line, text }) => `${line}. ${text}`)).toEqual([]);
});

test('every number before a test’s name, and every reason, is of a line of the checklist', () => {
  const lines = new Set(readChecklist().map(({ line }) => line));
  const unknown = readProofs().filter((proof) => proof.lines.some((line) => !lines.has(line)));
  expect(unknown).toEqual([]);
  expect(Object.keys(reasons).filter((line) => !lines.has(Number(line)))).toEqual([]);
});

test('the document is what the tests say: if not, run npm run conformance', () => {
  const written = existsSync(tableFile) ? readFileSync(tableFile, 'utf8') : '';
  expect(written).toBe(conformanceTable(readConformance()));
});

describe('a test’s name', () => {
  const namesIn = (source: string): string[] =>
    proofsIn(source, 'a.test.ts').map(({ lines, name }) => `${lines.join()} ${name}`);

  test('is read from every form of a test', () => {
    const source = [
      `test('1: one', () => {});`,
      `it("2, 3: it's two", () => {});`,
      `  test(\n    '4–6: a long name', async () => {});`,
      `test.each([1, 2])('7: each %i', () => {});`,
      `test.each<[string]>([['a']] as const)(\n  \`8: "each" %s\`, () => {});`,
      `test.each\`a\n\${1}\`('9: of a template', () => {});`,
      `test('10: it\\'s escaped', () => {});`,
    ];
    expect(namesIn(source.join('\n'))).toEqual([
      '1 one',
      "2,3 it's two",
      '4,5,6 a long name',
      '7 each %i',
      '8 "each" %s',
      '9 of a template',
      "10 it's escaped",
    ]);
  });

  test('stands behind the names of its groups', () => {
    const source = [
      `describe('a ticket', () => {`,
      `  test('1: is kept', () => {});`,
      `  describe.each(versions)('of $name', () => {`,
      `    test.each([`,
      `      1,`,
      `    ])('2: is renewed', () => {});`,
      `  });`,
      `});`,
      `test('3: stands alone', () => {});`,
      `describe('a key', () => {`,
      `  test('4: is sent', () => {});`,
      `});`,
    ];
    expect(namesIn(source.join('\n'))).toEqual([
      '1 a ticket is kept',
      '2 a ticket of $name is renewed',
      '3 stands alone',
      '4 a key is sent',
    ]);
  });

  test('counts only if its test is one that runs, and only at its beginning', () => {
    const source = [
      `test.skip('1: skipped', () => {});`,
      `test.todo('2: to be done');`,
      `describe('3: a group', () => {});`,
      `test('about 4: something', () => {});`,
      `test('28029 is a number', () => {});`,
      `expect(text).toBe('5: no test');`,
    ];
    expect(namesIn(source.join('\n'))).toEqual([]);
  });
});
