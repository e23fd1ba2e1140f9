import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import ts from 'typescript';

/** A text file of the project. */
export interface ProjectFile {
  readonly path: string;
  readonly text: string;
  /** How it is parsed; undefined if it is no TypeScript or JavaScript. */
  readonly source: ts.SourceFile | undefined;
}

const madeOrSecret =
  /^(?:node_modules|dist|coverage|\.cloud|\.cache|\.azure|\.git|local\.settings\.json|package-lock\.json)$/;
const code = new Set(['.ts', '.js', '.mjs', '.cjs']);
const binary = new Set(['.png', '.pem', '.tgz']);

/** The project's own files, but for the protocol documents, which others wrote. */
export function projectFiles(): ProjectFile[] {
  return readdirSync('.', { withFileTypes: true })
    .filter(({ name }) => !madeOrSecret.test(name))
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(entry.name) : [entry.name]))
    .filter((path) => !path.startsWith('docs/protocol/') && !binary.has(extname(path)))
    .map((path) => {
      const text = readFileSync(path, 'utf8');
      const source = code.has(extname(path))
        ? ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
        : undefined;
      return { path, text, source };
    });
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`);
}

/** Calls back for each node of a file. */
export function visit(node: ts.Node, each: (node: ts.Node) => void): void {
  each(node);
  ts.forEachChild(node, (child) => {
    visit(child, each);
  });
}
