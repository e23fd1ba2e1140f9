import { parseJson } from '../http.ts';
import type { Refusal } from './failure.ts';

/** The body of an answer by its Content-Type: UCWA sends JSON or XML; another server has sent anything else. */
export type Body =
  /** The resource is undefined if the text is no JSON. */
  | { readonly kind: 'json'; readonly resource: unknown }
  | { readonly kind: 'xml'; readonly text: string }
  | { readonly kind: 'foreign' };

/** Reads a body. */
export function readBody(headers: Headers, text: string): Body {
  const type = headers.get('content-type') ?? '';
  if (/^application\/([\w.-]+\+)?xml\b/i.test(type)) return { kind: 'xml', text };
  if (!/^application\/([\w.-]+\+)?json\b/i.test(type)) return { kind: 'foreign' };
  return { kind: 'json', resource: parseJson(text) };
}

/** The error in an answer; of its fields only `code` is always there (docs/protocol/ucwa.md §3.6). */
export function errorIn(body: Body): Refusal {
  if (body.kind === 'xml') return { code: elementOf(body.text, 'code'), subcode: elementOf(body.text, 'subcode') };
  return body.kind === 'json' ? errorOf(body.resource) : {};
}

/** The error in JSON: in the body of an answer, or in an event's reason. */
export function errorOf(resource: unknown): Refusal {
  const debugInfo = propertyOf(resource, 'debugInfo');
  return {
    code: textOf(propertyOf(resource, 'code')),
    subcode: textOf(propertyOf(resource, 'subcode')),
    ...(debugInfo !== undefined && { debugInfo }),
  };
}

/** A property of a value that may be an object. */
export function propertyOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  // Own properties only, without those that every object inherits.
  const property: unknown = Object.getOwnPropertyDescriptor(value, name)?.value;
  return property;
}

/** The value, if it is a text that is not empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * Where a resource's link leads. It is in `_links`, else in what is embedded under the name, else at the top level, each with
 * or without a prefix such as `service:` (docs/protocol/trusted-application-api.md §8, rows 1 and 2).
 */
export function linkOf(resource: unknown, rel: string): string | undefined {
  const direct = hrefOf(relatedOf(propertyOf(resource, '_links'), rel));
  if (direct !== undefined) return direct;
  const embedded = embeddedOf(resource, rel);
  if (embedded !== undefined) return hrefOf(propertyOf(propertyOf(embedded, '_links'), 'self'));
  return hrefOf(relatedOf(resource, rel));
}

/** An embedded resource. */
export function embeddedOf(resource: unknown, rel: string): unknown {
  return listOf(relatedOf(propertyOf(resource, '_embedded'), rel))[0];
}

/** A value as a list: a server may send a single item of a list without the list. */
export function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

function relatedOf(links: unknown, rel: string): unknown {
  if (typeof links !== 'object' || links === null) return undefined;
  const entries: [string, unknown][] = Object.entries(links);
  return entries.find(([name]) => name === rel || name.endsWith(`:${rel}`))?.[1];
}

function hrefOf(link: unknown): string | undefined {
  return textOf(propertyOf(listOf(link)[0], 'href'));
}

// Only for `code` and `subcode`: no other element of a reason begins with these names.
function elementOf(xml: string, name: string): string | undefined {
  return textOf(new RegExp(`<${name}>\\s*([^<]*?)\\s*</${name}>`).exec(xml)?.[1]);
}
