import { privateWords } from './privateWords.ts';
import { projectFiles } from './projectFiles.ts';
import { unusedExports } from './unusedExports.ts';

const files = projectFiles();

test('no file name, name, comment or message has a word that means something in this project alone', () => {
  expect(privateWords(files.filter(({ path }) => path !== 'test/rules/privateWords.ts'))).toEqual([]);
});

test('every export is imported by another file', () => {
  expect(unusedExports(files)).toEqual([]);
});
