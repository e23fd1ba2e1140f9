import type { HttpRequest } from '@azure/functions';
import * as z from 'zod';
import { parseJson } from '../json.ts';

/** Who calls, as App Service authentication says in a header of its own; ids are in lower case. */
export interface Principal {
  /** Whether any claim names an application: that of a browser's session has none. */
  readonly namesApplication: boolean;
  /** Undefined where none is named, or several. */
  readonly appId: string | undefined;
  /** As `appId`. */
  readonly tenantId: string | undefined;
}

/** Base64 of JSON. */
const principal = z.object({
  auth_typ: z.literal('aad'),
  claims: z.array(z.object({ typ: z.string(), val: z.string() })),
});

const tenantClaim = 'http://schemas.microsoft.com/identity/claims/tenantid';

/** To be believed only where App Service authentication is on: otherwise anybody can send the header. */
export function principalOf(request: HttpRequest): Principal | undefined {
  const vouched = principal.safeParse(parseBase64Json(request.headers.get('x-ms-client-principal'))).data;
  if (!vouched) return undefined;
  const valuesOf = (...names: string[]) => vouched.claims.flatMap(({ typ, val }) => (names.includes(typ) ? val : []));
  return {
    // However it is spelt: what looks like an application's is nobody's session.
    namesApplication: vouched.claims.some(({ typ }) => /(?:^|\/)(?:appid|azp)$/i.test(typ)),
    appId: onlyValue(valuesOf('appid', 'azp')),
    // The short name, or the long one that App Service gives it where its token store is on.
    tenantId: onlyValue(valuesOf('tid', tenantClaim)),
  };
}

/** In lower case; undefined where there is none, and where several differ: then nothing tells which of them counts. */
export function onlyValue(values: readonly (string | undefined)[]): string | undefined {
  const [value, ...others] = new Set(values.flatMap((text) => text?.toLowerCase() ?? []));
  return others.length === 0 ? value : undefined;
}

/** Undefined if it is not that. */
export function parseBase64Json(text: string | null | undefined): unknown {
  return parseJson(Buffer.from(text ?? '', 'base64').toString('utf8'));
}
