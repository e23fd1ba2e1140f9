import * as z from 'zod';
import { parseJson } from '../../json.ts';

/** Where an autodiscovery answer leads; hrefs as they came. */
export interface DiscoveryLinks {
  /** Another server answers for this user. */
  readonly redirect?: string;
  /** The user resource, which challenges. */
  readonly user?: string;
  /** UCWA itself. */
  readonly applications?: string;
  /** The name of one of them that is there without an href; the others are not given then. */
  readonly unusable?: string;
}

const link = z.object({ href: z.string().min(1).max(2_048) });
const hal = z.object({ _links: z.record(z.string(), z.unknown()) });

const listed = z.object({ token: z.string().catch(''), href: z.unknown().optional() });
const accessLocation = z.object({
  AccessLocation: z.string().optional(),
  Root: z.object({ Links: z.array(listed) }).optional(),
  User: z.object({ Links: z.array(listed) }).optional(),
});

/**
 * Reads an answer of root or user in any of its dialects: HAL, the `AccessLocation` JSON of Lync 2013, and the XML of both
 * (docs/protocol/ucwa.md §1.4, §1.10). Undefined if it is none of them.
 */
export async function parseDiscovery(body: string): Promise<DiscoveryLinks | undefined> {
  const value = body.trimStart().startsWith('<') ? await parseXml(body) : parseJson(body);
  const asHal = hal.safeParse(value).data?._links;
  if (asHal) return linksOf({ redirect: asHal['redirect'], user: asHal['user'], applications: asHal['applications'] });
  const asListed = accessLocation.safeParse(value).data;
  const links = asListed?.Root?.Links ?? asListed?.User?.Links;
  if (!asListed || !links) return undefined;
  const find = (name: string): unknown => links.find(({ token }) => token.toLowerCase() === name.toLowerCase());
  const place = asListed.AccessLocation?.toLowerCase() === 'internal' ? 'Internal' : 'External';
  return linksOf({
    redirect: find('Redirect'),
    // `User` is the SOAP entry of this dialect; only `OAuth` gives the challenge that UCWA is about.
    user: find('OAuth'),
    applications: find(`${place}/Ucwa`) ?? find('Ucwa'),
  });
}

/** Of a link that is given as a list, the first counts. */
function linksOf(found: Record<'redirect' | 'user' | 'applications', unknown>): DiscoveryLinks {
  const links: Record<string, string> = {};
  for (const [name, given] of Object.entries(found)) {
    if (given === undefined) continue;
    const usable = link.safeParse(Array.isArray(given) ? (given as unknown[])[0] : given).data;
    if (!usable) return { unusable: name };
    links[name] = usable.href;
  }
  return links;
}

const attributes = z.record(z.string(), z.string());
const xmlLinks = z.object({ Link: z.array(z.object({ '@': attributes })).optional() }).optional();
const xmlAnswer = z.object({
  resource: z.object({ link: z.array(z.object({ '@': attributes })).optional() }).optional(),
  AutodiscoverResponse: z.object({ '@': attributes.optional(), Root: xmlLinks, User: xmlLinks }).optional(),
});

/** The XML dialects in the shape of the JSON ones. */
async function parseXml(body: string): Promise<unknown> {
  const parsed = xmlAnswer.safeParse(await readXml(body, ['link', 'Link'])).data;
  if (parsed?.resource) {
    const links = (parsed.resource.link ?? []).map(({ '@': named }) => [named['rel'], { href: named['href'] }]);
    return { _links: Object.fromEntries(links) as unknown };
  }
  const listedIn = (links: z.infer<typeof xmlLinks>) =>
    links && { Links: (links.Link ?? []).map((named) => named['@']) };
  const answer = parsed?.AutodiscoverResponse;
  if (!answer) return undefined;
  return {
    AccessLocation: answer['@']?.['AccessLocation'],
    ...(answer.Root && { Root: listedIn(answer.Root) }),
    ...(answer.User && { User: listedIn(answer.User) }),
  };
}

/**
 * XML as objects, attributes under `@`; undefined if it cannot be read or declares a document type: no answer of these
 * servers has one, and entities are how XML attacks its reader.
 * @param lists elements that may stand several times.
 */
export async function readXml(body: string, lists: readonly string[] = []): Promise<unknown> {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(body)) return undefined;
  const { XMLParser } = await import('fast-xml-parser');
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributesGroupName: '@',
    attributeNamePrefix: '',
    parseTagValue: false,
    isArray: (name) => lists.includes(name),
  });
  try {
    // Checked first (true): broken XML would be read as far as it goes. What replaces this is one more package.
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- see above
    return parser.parse(body, true) as unknown;
  } catch {
    return undefined;
  }
}
