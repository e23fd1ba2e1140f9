import ts from 'typescript';
import { visit, type ProjectFile } from './projectFiles.ts';

/** Words that meant something in this project alone. A reader who knows HTTP, OAuth and Azure meets none of them. */
const nowhere =
  /\b(?:doors?|wings?|(?<!town )halls?|verdicts?|rehears(?:e[ds]?|ing|als?)|misfits?|setbacks?|un?sayable|vouche[ds]|contested|announcers?|house)\b/i;
const nowhereAsOne =
  /(?:comeAndGo|besideEachOther|settledValue|withinBound|onceMore|buryOnce|takeTurn|rowChanged|whileRowChanges|wayIn(?![a-z]))/i;

/** Ordinary English in a sentence, but no names of things: what they named has a name of its own. */
const noNames = /\b(?:walk(?:s|ed|ing|er)?|tell(?:s|ing)?|told|standing|turns|floors)\b/i;
/** The same for the guest client alone. */
const noNamesInClients = /\b(?:wire|stay|attend|entrance|passes)\b/i;
const clients = /^(?:test\/)?client\//;

/** Where each of these words stands: `path:line: word`. */
export function privateWords(files: readonly ProjectFile[]): string[] {
  return files.flatMap((file) => [...inPath(file), ...inText(file), ...inNames(file)]);
}

function inPath({ path }: ProjectFile): string[] {
  return found(path, nameRules(path)).map((word) => `${path}: ${word} (file name)`);
}

function inText({ path, text }: ProjectFile): string[] {
  return text
    .split('\n')
    .flatMap((line, index) => found(line, [nowhere]).map((word) => `${path}:${index + 1}: ${word}`));
}

function inNames({ path, source }: ProjectFile): string[] {
  const names: string[] = [];
  if (!source) return names;
  const rules = nameRules(path).slice(1);
  visit(source, (node) => {
    if (!ts.isIdentifier(node) && !ts.isPrivateIdentifier(node)) return;
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    for (const word of found(node.text, rules)) names.push(`${path}:${line}: ${word} in ${node.text}`);
  });
  return [...new Set(names)];
}

function nameRules(path: string): RegExp[] {
  return [nowhere, noNames, ...(clients.test(path) ? [noNamesInClients] : [])];
}

/** The first word that each rule finds, in any spelling: openDoors, open-doors and OPEN_DOORS all have "doors". */
function found(text: string, rules: readonly RegExp[]): string[] {
  const asOne = nowhereAsOne.exec(text)?.[0];
  const words = text.replace(/(?<=[a-z0-9])(?=[A-Z])|_/g, ' ');
  const single = rules.flatMap((rule) => rule.exec(words)?.[0] ?? []);
  return asOne !== undefined && rules.includes(nowhere) ? [asOne, ...single] : single;
}
