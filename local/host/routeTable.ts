import type { HttpFunction } from './functionIndex.ts';

export interface RouteMatch {
  fn: HttpFunction;
  params: Record<string, string>;
}

/**
 * Finds the function of a request, trying the most precise route first. A method that no matching route allows finds
 * nothing: the real host answers 404, not 405 (Azure/azure-functions-host#10098), and HEAD is no GET (#11625).
 */
export function routeTable(
  functions: readonly HttpFunction[],
): (method: string, path: string) => RouteMatch | undefined {
  const ordered = functions.toSorted((one, other) => compare(one.template.precedence, other.template.precedence));
  return (method, path) => {
    for (const fn of ordered) {
      if (fn.methods.length > 0 && !fn.methods.includes(method)) continue;
      const params = fn.template.match(path);
      if (params) return { fn, params };
    }
    return undefined;
  };
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
