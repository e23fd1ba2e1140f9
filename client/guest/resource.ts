import { propertyOf, textOf } from './body.ts';

/**
 * Where a resource's link leads: `_links`, else what is embedded under the name, else at the top level, each with or without
 * a prefix such as `service:` (docs/protocol/trusted-application-api.md §8, rows 1 and 2).
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
  return firstOf(relatedOf(propertyOf(resource, '_embedded'), rel));
}

/** Itself as a list: what may be there more than once is a list even when it is there once, and not always. */
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
  return textOf(propertyOf(firstOf(link), 'href'));
}

function firstOf(value: unknown): unknown {
  return listOf(value)[0];
}
