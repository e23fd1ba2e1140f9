/** A route such as `v1/guests/{guestId}`, ready to match. */
export interface RouteTemplate {
  /** Orders templates: the one that sorts first is tried first (literal before parameter). */
  readonly precedence: string;
  /** The parameters of a raw URL path, percent-decoded, or undefined if the path is another route's. */
  match(path: string): Record<string, string> | undefined;
}

/** A function, as far as routing goes. */
interface Routed {
  /** Upper case; none stands for all. */
  methods: readonly string[];
  template: RouteTemplate;
}

/** The function that a request is for. */
export interface RouteMatch<T> {
  fn: T;
  params: Record<string, string>;
}

interface Segment {
  pattern: RegExp;
  names: string[];
  optional: boolean;
  precedence: '1' | '2' | '3';
}

/** The functions in the order in which their routes are tried: the most precise route first. */
export function mostPreciseFirst<T extends Routed>(functions: readonly T[]): T[] {
  return functions.toSorted((one, other) => compare(one.template.precedence, other.template.precedence));
}

/**
 * Finds the function of a request. A method that no matching route allows finds nothing: the real host answers 404, not
 * 405 (Azure/azure-functions-host#10098), and HEAD is no GET (#11625). @param functions in the order of {@link
 * mostPreciseFirst}
 */
export function findRoute<T extends Routed>(
  functions: readonly T[],
  method: string,
  path: string,
): RouteMatch<T> | undefined {
  for (const fn of functions) {
    if (fn.methods.length > 0 && !fn.methods.includes(method)) continue;
    const params = fn.template.match(path);
    if (params) return { fn, params };
  }
  return undefined;
}

/**
 * Reads an ASP.NET Core route template, the kind that Functions use: literals, `{name}`, `{name?}` at the end, several
 * in a segment (`{name}.{extension}`). Matching ignores case and a slash at the end. Throws for everything else:
 * constraints, catch-alls and defaults are not imitated, because no function of ours has them.
 */
export function parseRouteTemplate(template: string): RouteTemplate {
  const texts = segmentsOf(template);
  const segments = texts.map((text, index) => parseSegment(text, index === texts.length - 1));
  return {
    precedence: segments.map(({ precedence }) => precedence).join(''),
    match: (path) => matchSegments(segments, segmentsOf(path).map(decodeSegment)),
  };
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function segmentsOf(path: string): string[] {
  const trimmed = path.replace(/^\//, '').replace(/\/$/, '');
  return trimmed === '' ? [] : trimmed.split('/');
}

/** Like the real host's server: everything is decoded but an encoded slash; what cannot be decoded stays as it is. */
function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment.replaceAll(/%2f/gi, '%252F'));
  } catch {
    return segment;
  }
}

function parseSegment(text: string, last: boolean): Segment {
  // Literals and the insides of braces, in turn.
  const parts = text.split(/\{([^{}]*)\}/);
  const parameters = parts.filter((_, index) => index % 2 === 1);
  const optional = parameters.some((part) => part.endsWith('?'));
  const isWhole = text === `{${parameters[0] ?? ''}}`;
  if (optional && !(last && isWhole)) {
    throw new Error(`The route parameter "{${parameters.join('}{')}}" may only be the whole last segment.`);
  }
  const source = parts.map((part, index) => (index % 2 === 0 ? literal(part, text) : '(.+?)'));
  return {
    pattern: new RegExp(`^${source.join('')}$`, 'is'),
    names: parameters.map(parameterName),
    optional,
    precedence: parameters.length === 0 ? '1' : isWhole ? '3' : '2',
  };
}

function parameterName(part: string): string {
  const name = /^([A-Za-z_]\w*)\??$/.exec(part)?.[1];
  if (!name) throw new Error(`The route parameter "{${part}}" is not known to the local host.`);
  return name;
}

function literal(part: string, segment: string): string {
  if (/[{}*?]/.test(part)) throw new Error(`The route segment "${segment}" is not known to the local host.`);
  return part.replaceAll(/[.+^$()|[\]\\]/g, '\\$&');
}

function matchSegments(segments: readonly Segment[], path: readonly string[]): Record<string, string> | undefined {
  if (path.length > segments.length) return undefined;
  const values: Record<string, string> = {};
  for (const [index, { pattern, names, optional }] of segments.entries()) {
    const text = path[index];
    if (text === undefined) return optional ? values : undefined;
    const found = pattern.exec(text);
    if (!found) return undefined;
    for (const [position, name] of names.entries()) values[name] = found[position + 1] ?? '';
  }
  return values;
}
