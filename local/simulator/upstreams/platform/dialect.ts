import type { Request } from '../../http/exchange.ts';
import type { PlatformBehaviour } from './behaviour.ts';

/** A resource before it is put into a dialect: links and embedded resources by local name. */
export interface Resource {
  rel: string;
  /** Hrefs. */
  links: Record<string, string>;
  embedded?: Record<string, Resource>;
  /** Links that stand without prefix here, though elsewhere they have one. */
  bare?: readonly string[];
  properties?: Record<string, unknown>;
}

// Never prefixed in either dialect (trusted-application-api.md §1.3). `applications` is, in the discover answer to an
// application (trusted-application-api.md §1.6).
const unprefixed = new Set(['self', 'next', 'myApplications', 'anonApplications', 'myOnlineMeetings']);

/** Puts a resource into the dialect and the places that the behaviour asks for. */
export function render(resource: Resource, behaviour: PlatformBehaviour): Record<string, unknown> {
  const { linkPlace, missingLinks, namespace } = behaviour;
  const isBare = (name: string) => unprefixed.has(name) || resource.bare?.includes(name);
  const key = (name: string) => (isBare(name) ? name : namespace + name);
  const shown = <T>(named: Record<string, T> = {}) =>
    Object.entries(named).filter(([name]) => !missingLinks.includes(name));

  const top: Record<string, unknown> = {};
  const links: Record<string, unknown> = {};
  const embedded: Record<string, unknown> = {};
  for (const [name, href] of shown(resource.links)) {
    if (linkPlace === 'top-level') top[key(name)] = { href };
    else if (linkPlace === 'embedded' && name !== 'self') embedded[key(name)] = { _links: { self: { href } } };
    else links[key(name)] = { href };
  }
  for (const [name, inner] of shown(resource.embedded)) embedded[key(name)] = render(inner, behaviour);

  return {
    ...resource.properties,
    ...top,
    ...(Object.keys(links).length > 0 && { _links: links }),
    ...(Object.keys(embedded).length > 0 && { _embedded: embedded }),
    rel: key(resource.rel),
  };
}

const ucwaJson = 'application/vnd.microsoft.com.ucwa+json';

/** The media type of the answer: what Accept names, else what the request's own body is in, else the platform's own. */
export function mediaType({ headers }: Request): string {
  const wanted = [headers.accept ?? '', headers['content-type'] ?? ''].map((value) => value.toLowerCase());
  for (const value of wanted) {
    if (value.includes(ucwaJson)) return ucwaJson;
    if (value.includes('application/json')) return 'application/json';
  }
  return ucwaJson;
}

const ajaxDate = /^\\?\/Date\((-?\d+)(?:[+-]\d{4})?\)\\?\/$/;
const isoDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** The milliseconds of a date in any of the forms of {@link renderDate}; NaN if it is none. */
export function readDate(text: string): number {
  const milliseconds = ajaxDate.exec(text)?.[1];
  if (milliseconds !== undefined) return Number(milliseconds);
  return isoDate.test(text) ? Date.parse(text) : NaN;
}

/** A date in the form that the behaviour and the media type ask for (trusted-application-api.md §1.3). */
export function renderDate(milliseconds: number, form: PlatformBehaviour['dateForm'], type: string): string {
  switch (form) {
    case 'by-media-type':
      return renderDate(milliseconds, type === ucwaJson ? 'iso' : 'ajax', type);
    case 'iso':
      // Milliseconds only when not zero, as captured.
      return new Date(milliseconds).toISOString().replace('.000Z', 'Z');
    case 'ajax':
      return `/Date(${milliseconds})/`;
    case 'ajax-escaped':
      return `\\/Date(${milliseconds})\\/`;
  }
}
