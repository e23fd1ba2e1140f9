import type { Answer, Request } from '../../http/exchange.ts';
import type { DeploymentBehaviour } from './behaviour.ts';

/** A link of a discovery answer, by its name in HAL and in the older dialects; without one it is not shown there. */
export interface DiscoveryLink {
  rel?: string;
  token?: string;
  href: string;
  /** HAL only: the version of the resource behind it. */
  revision?: string;
}

/** The answer of a root or of `user`, before it is put into a dialect. */
export interface DiscoveryResource {
  name: 'Root' | 'User';
  /** Whether the caller came by the internal name. */
  accessLocation: 'Internal' | 'External';
  links: DiscoveryLink[];
}

type Dialect = Exclude<DeploymentBehaviour['dialect'], 'by-accept'>;

const dialects = new Map<string, Dialect>([
  ['application/json', 'hal'],
  ['application/vnd.microsoft.com.ucwa+json', 'hal'],
  ['application/vnd.microsoft.rtc.autodiscover+json', 'access-location'],
  ['application/vnd.microsoft.rtc.autodiscover+xml', 'xml'],
]);

/**
 * Puts a resource into the dialect that the behaviour or the request names (ucwa.md §1.10): the first one known, else
 * HAL.
 */
export function discoveryAnswer(
  request: Request,
  resource: DiscoveryResource,
  { dialect, bom }: Pick<DeploymentBehaviour, 'dialect' | 'bom'>,
): Answer {
  const accepted = (request.headers.accept ?? '').split(',').map((type) => type.split(';')[0]?.trim().toLowerCase());
  const asked = accepted.map((type) => dialects.get(type ?? '')).find((known) => known !== undefined);
  const [type, body] = written(resource, dialect === 'by-accept' ? (asked ?? 'hal') : dialect);
  return { status: 200, headers: { 'Content-Type': type }, body: (bom ? '\uFEFF' : '') + body };
}

function written({ name, accessLocation, links }: DiscoveryResource, dialect: Dialect): [type: string, body: string] {
  const tokens = links.flatMap(({ token, href }) => (token === undefined ? [] : [{ href, token }]));
  switch (dialect) {
    case 'hal': {
      const named = links.flatMap(({ rel, href, revision }) =>
        rel === undefined ? [] : [[rel, { href, revision }] as const],
      );
      return ['application/json', JSON.stringify({ _links: Object.fromEntries(named) })];
    }
    case 'access-location': {
      const json = JSON.stringify({ AccessLocation: accessLocation, [name]: { Links: tokens } });
      return ['application/vnd.microsoft.rtc.autodiscover+json; v=1', json.replaceAll('/', '\\/')];
    }
    case 'xml': {
      const inner = tokens.map(({ token, href }) => `<Link token="${token}" href="${escapeXml(href)}"/>`).join('');
      const xml = `<AutodiscoverResponse AccessLocation="${accessLocation}"><${name}>${inner}</${name}></AutodiscoverResponse>`;
      return ['application/vnd.microsoft.rtc.autodiscover+xml; v=1', xml];
    }
  }
}

/** Escapes text for an XML element or a quoted attribute. */
export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
