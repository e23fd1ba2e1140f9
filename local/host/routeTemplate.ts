import { constraintNamed, type Constraint } from './routeConstraints.ts';

/** A route such as `v1/guests/{guestId:length(43)}`, ready to match. */
export interface RouteTemplate {
  /** Orders templates: the one that sorts first is tried first (literal before parameter before catch-all). */
  readonly precedence: string;
  /** The parameters of a raw URL path, percent-decoded, or undefined if the path is another route's. */
  match(path: string): Record<string, string> | undefined;
}

interface Segment {
  pattern: RegExp;
  parameters: { name: string; constraints: Constraint[] }[];
  optional: boolean;
  catchAll: boolean;
  digit: string;
}

const parameterPattern =
  /^(?<star>\*{0,2})(?<name>[A-Za-z_]\w*)(?<constraints>(?::\w+(?:\([^()]*\))?)*)(?<optional>\?)?$/;

/**
 * Reads an ASP.NET Core route template, the kind that Functions use: literals, `{name}`, `{name:constraint}`, `{name?}`
 * at the end, `{*rest}` at the end, several in a segment (`{name}.{extension}`). Matching ignores case and a slash at the
 * end. Throws for what it does not know, defaults (`{name=value}`) and regular expressions among it.
 */
export function parseRouteTemplate(template: string): RouteTemplate {
  const texts = segmentsOf(template);
  const segments = texts.map((text, index) => parseSegment(text, index === texts.length - 1));
  return {
    precedence: segments.map(({ digit }) => digit).join(''),
    match: (path) => matchSegments(segments, segmentsOf(path).map(decodeSegment)),
  };
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
  const segment: Segment = { pattern: /^/, parameters: [], optional: false, catchAll: false, digit: '1' };
  const parts = text.split(/\{([^{}]*)\}/);
  const source = parts.map((part, index) => (index % 2 === 0 ? literal(part, text) : parameter(part)));
  segment.pattern = new RegExp(`^${source.join('')}$`, 'is');
  return segment;

  function parameter(part: string): string {
    const groups = parameterPattern.exec(part)?.groups;
    const name = groups?.['name'];
    if (!groups || !name) throw new Error(`The route parameter "{${part}}" is not understood.`);
    const constraints = (groups['constraints'] ?? '').split(':').filter(Boolean).map(constraintNamed);
    segment.parameters.push({ name, constraints });
    segment.catchAll = groups['star'] !== '';
    segment.optional = groups['optional'] !== undefined || segment.catchAll;
    const alone = text === `{${part}}`;
    if (segment.optional && !(last && alone)) {
      throw new Error(`The route parameter "{${part}}" may only be the whole last segment.`);
    }
    segment.digit = String((segment.catchAll ? 5 : 3) - (constraints.length > 0 || !alone ? 1 : 0));
    return segment.catchAll ? '(.*)' : '(.+?)';
  }
}

function literal(part: string, segment: string): string {
  if (/[{}*?]/.test(part)) throw new Error(`The route segment "${segment}" is not understood.`);
  return part.replaceAll(/[.+^$()|[\]\\]/g, '\\$&');
}

function matchSegments(segments: Segment[], path: string[]): Record<string, string> | undefined {
  if (path.length > segments.length && !segments.at(-1)?.catchAll) return undefined;
  const values: Record<string, string> = {};
  for (const [index, { pattern, parameters, optional, catchAll }] of segments.entries()) {
    if (index >= path.length) return optional ? values : undefined;
    const found = pattern.exec(catchAll ? path.slice(index).join('/') : (path[index] ?? ''));
    if (!found) return undefined;
    for (const [position, { name, constraints }] of parameters.entries()) {
      const value = found[position + 1] ?? '';
      if (!constraints.every((holds) => holds(value))) return undefined;
      values[name] = value;
    }
  }
  return values;
}
