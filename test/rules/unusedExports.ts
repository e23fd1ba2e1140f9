import { join } from 'node:path';
import ts from 'typescript';
import { visit, type ProjectFile } from './projectFiles.ts';

/** Exports that no other file imports: `path: name`. */
export function unusedExports(files: readonly ProjectFile[]): string[] {
  const sources = files.flatMap(({ source }) => source ?? []);
  const used = new Set(sources.flatMap(importsOf));
  return sources.flatMap((source) =>
    exportsOf(source)
      .filter((name) => !used.has(`${source.fileName}: ${name}`) && !used.has(`${source.fileName}: *`))
      .map((name) => `${source.fileName}: ${name}`),
  );
}

function exportsOf(source: ts.SourceFile): string[] {
  return source.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement)) {
      const { exportClause } = statement;
      return exportClause && ts.isNamedExports(exportClause) ? exportClause.elements.map(({ name }) => name.text) : [];
    }
    const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
    const has = (kind: ts.SyntaxKind): boolean => modifiers?.some((modifier) => modifier.kind === kind) ?? false;
    if (!has(ts.SyntaxKind.ExportKeyword) || has(ts.SyntaxKind.DefaultKeyword)) return [];
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name));
    }
    const { name } = statement as ts.Statement & { name?: ts.Identifier };
    return name ? [name.text] : [];
  });
}

function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []));
}

/** What a file imports of others, as `path: name`; `*` for all of it. */
function importsOf(source: ts.SourceFile): string[] {
  const imported: string[] = [];
  const add = (module: ts.Node | undefined, names: readonly string[]): void => {
    if (!module || !ts.isStringLiteralLike(module) || !module.text.startsWith('.')) return;
    const path = join(source.fileName, '..', module.text);
    imported.push(...names.map((name) => `${path}: ${name}`));
  };
  visit(source, (node) => {
    if (ts.isImportDeclaration(node) && node.importClause) {
      const bindings = node.importClause.namedBindings;
      add(
        node.moduleSpecifier,
        bindings && ts.isNamedImports(bindings)
          ? bindings.elements.map(({ name, propertyName }) => (propertyName ?? name).text)
          : ['*'],
      );
    } else if (ts.isExportDeclaration(node)) {
      const { exportClause, moduleSpecifier } = node;
      add(
        moduleSpecifier,
        exportClause && ts.isNamedExports(exportClause)
          ? exportClause.elements.map(({ name, propertyName }) => (propertyName ?? name).text)
          : ['*'],
      );
    } else if (ts.isImportTypeNode(node)) {
      const { argument, qualifier } = node;
      add(ts.isLiteralTypeNode(argument) ? argument.literal : undefined, [
        qualifier && ts.isIdentifier(qualifier) ? qualifier.text : '*',
      ]);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], namesTakenFrom(node));
    }
  });
  return imported;
}

/** `const { a } = await import(…)` and `(await import(…)).a` take one name, everything else may take all. */
function namesTakenFrom(call: ts.CallExpression): string[] {
  if (!ts.isAwaitExpression(call.parent)) return ['*'];
  const awaited = ts.isParenthesizedExpression(call.parent.parent) ? call.parent.parent : call.parent;
  const { parent } = awaited;
  if (ts.isPropertyAccessExpression(parent)) return [parent.name.text];
  if (!ts.isVariableDeclaration(parent) || !ts.isObjectBindingPattern(parent.name)) return ['*'];
  return parent.name.elements.flatMap(({ name, propertyName }) => {
    const taken = propertyName ?? name;
    return ts.isIdentifier(taken) ? [taken.text] : [];
  });
}
