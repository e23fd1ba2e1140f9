/** The body of an answer, by its Content-Type: UCWA's own are JSON or XML, everything else is somebody else's. */
export type Body =
  | { readonly kind: 'json'; readonly resource: unknown }
  | { readonly kind: 'xml'; readonly text: string }
  /** It should have been JSON. */
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'foreign' };

/** What UCWA says of an error; only `code` is sure to be there (docs/protocol/ucwa.md §3.6). */
export interface UcwaError {
  readonly code?: string | undefined;
  readonly subcode?: string | undefined;
  readonly debugInfo?: unknown;
}

/** Reads a body, which may begin with U+FEFF. */
export function readBody(headers: Headers, text: string): Body {
  const type = headers.get('content-type') ?? '';
  if (/^application\/([\w.-]+\+)?xml\b/i.test(type)) return { kind: 'xml', text };
  if (!/^application\/([\w.-]+\+)?json\b/i.test(type)) return { kind: 'foreign' };
  try {
    const resource: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return { kind: 'json', resource };
  } catch {
    // The parser's error quotes the text.
    return { kind: 'unreadable' };
  }
}

/** What an error says, as far as it can be read. */
export function errorIn(body: Body): UcwaError {
  if (body.kind === 'xml') {
    const [code, subcode] = ['code', 'subcode'].map((name) => elementOf(body.text, name));
    return { code, subcode };
  }
  if (body.kind !== 'json') return {};
  return errorOf(body.resource);
}

/** An error's words out of JSON: of an answer, or of an event's reason. */
export function errorOf(resource: unknown): UcwaError {
  const [code, subcode, debugInfo] = ['code', 'subcode', 'debugInfo'].map((name) => propertyOf(resource, name));
  return { code: textOf(code), subcode: textOf(subcode), ...(debugInfo !== undefined && { debugInfo }) };
}

/** A property of what may be an object. */
export function propertyOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  // Its own only, not what every object has.
  const property: unknown = Object.getOwnPropertyDescriptor(value, name)?.value;
  return property;
}

/** Itself, if it is a text and not an empty one. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

// For two names of which no other element of a reason's begins with either.
function elementOf(xml: string, name: string): string | undefined {
  return textOf(new RegExp(`<${name}>\\s*([^<]*?)\\s*</${name}>`).exec(xml)?.[1]);
}
