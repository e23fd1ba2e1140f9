import { readFileSync } from 'node:fs';
import { Language, Parser, type Node } from 'web-tree-sitter';

/** Parses Bicep text; the tree has a node for whatever is wrong. */
export type Parse = (text: string) => Node;

/** Opens the grammar. It is WebAssembly, given as bytes, because the library would import what Jest cannot. */
export async function openBicep(): Promise<Parse> {
  await Parser.init();
  const grammar = readFileSync('node_modules/tree-sitter-bicep/tree-sitter-bicep.wasm');
  const parser = new Parser().setLanguage(await Language.load(new Uint8Array(grammar)));
  return (text) => {
    const tree = parser.parse(text);
    if (!tree) throw new Error('The parser was stopped.');
    return tree.rootNode;
  };
}

/** A node and all below it, comments left out. */
export function* nodesIn(node: Node): Generator<Node> {
  yield node;
  for (const part of partsOf(node)) yield* nodesIn(part);
}

/** The named children of a node, comments left out. */
export function partsOf(node: Node): Node[] {
  return node.namedChildren.filter((child): child is Node => child !== null && child.type !== 'comment');
}

/** Where the text is not Bicep, as `line:column`. */
export function mistakesIn(node: Node): string[] {
  const own = node.isError || node.isMissing ? [`${node.startPosition.row + 1}:${node.startPosition.column + 1}`] : [];
  const children = node.children.filter((child): child is Node => child !== null);
  return [...own, ...children.flatMap(mistakesIn)];
}
