import * as z from 'zod';
import { parseHostRule, parseHttpsUrl, type HostRule } from '../hostRules.ts';

/** How single settings are read: each refuses with a complaint that follows its name, and never repeats the value. */

/**
 * An origin as browsers write it: https, or http and https on localhost for developers; undefined otherwise.
 * A trailing slash is dropped; a path, a query and a fragment are refused.
 */
export function parseOrigin(text: string, development: boolean): string | undefined {
  const url = parseHttpsUrl(text) ?? (development ? parseUrlLike(localOrigin, text) : undefined);
  return url && /^[^/]+\/\/[^/?#]+\/?$/.test(text) ? url.origin : undefined;
}

// The form leaves room for ports beyond 65535, which only the parser refuses.
function parseUrlLike(form: RegExp, text: string): URL | undefined {
  return form.test(text) && URL.canParse(text) ? new URL(text) : undefined;
}

const localOrigin = /^https?:\/\/localhost(?::[1-9][0-9]{0,4})?\/?$/i;

/** The entries of a list, separated by commas, semicolons or blanks. */
const list = (text: string): string[] => text.split(/[\s,;]+/).filter((entry) => entry !== '');

/** A setting with a parser of its own: undefined means `complaint`. */
export const parsed = <T>(parse: (text: string) => T | undefined, complaint: string): z.ZodType<T, string> =>
  z.string('is missing').transform((text, context) => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: complaint });
    return z.NEVER;
  });

/** A list of which every entry has to parse, and which is not empty. */
export const everyEntry = <T>(
  parse: (text: string) => T | undefined,
  complaint: string,
): z.ZodType<readonly T[], string> =>
  parsed((text) => {
    const values = list(text).map(parse);
    const found = values.filter((value) => value !== undefined);
    return found.length > 0 && found.length === values.length ? found : undefined;
  }, complaint);

/** Host names, each with an optional port; see {@link HostRule}. */
export const hostList: z.ZodType<readonly HostRule[], string> = everyEntry(
  parseHostRule,
  'must be host names, separated by commas',
);

export const guid = z.string('is missing').regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'must be a GUID');

export const vaultName = z
  .string('is missing')
  .regex(/^[0-9A-Za-z-]{1,127}$/, 'must be the name of a secret in the vault');

export const httpsUrl: z.ZodType<URL, string> = parsed(parseHttpsUrl, 'must be an https URL on a DNS name');

/** The URL of an Azure service: https, or in development a loopback server. */
export const serviceUrl = (development: boolean): z.ZodType<string, string> =>
  parsed(
    (text) => (parseHttpsUrl(text) ?? (development ? parseLoopbackUrl(text) : undefined))?.href,
    'must be an https URL on a DNS name',
  );

/** A server on this machine, by http or https, with its port; undefined otherwise. */
export function parseLoopbackUrl(text: string): URL | undefined {
  return parseUrlLike(/^https?:\/\/(?:localhost|127\.0\.0\.1):[0-9]{1,5}(?:\/[\w/.-]*)?$/, text);
}

/** A setting that is refused outside development. */
export const developmentOnly = <T>(development: boolean, schema: z.ZodType<T>): z.ZodType<T | undefined> =>
  development ? schema.optional() : z.undefined('is for development only').optional();

/** What is wrong if not exactly one of two settings is there. */
export function oneOfTwo(given: Readonly<Record<string, unknown>>, first: string, second: string): string[] {
  const count = [given[first], given[second]].filter((value) => value !== undefined).length;
  if (count === 1) return [];
  return [count === 0 ? `${first} or ${second} is missing` : `${first} and ${second} exclude each other`];
}

/** The settings that a schema names; `values` is undefined if one of them cannot be used. */
export function readSchema<S extends z.ZodObject>(
  schema: S,
  given: Readonly<Record<string, string>>,
): { readonly values: z.output<S> | undefined; readonly mistakes: readonly string[] } {
  const result = schema.safeParse(given);
  if (result.success) return { values: result.data, mistakes: [] };
  const mistakes = result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  return { values: undefined, mistakes };
}
