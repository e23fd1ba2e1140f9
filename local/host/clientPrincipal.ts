import type { IncomingHttpHeaders } from 'node:http';
import type { Claims } from './openIdProvider.ts';

/**
 * The claims that App Service renames, and to what. All others keep their names, `appid`, `azp` and `roles` among them.
 */
const longNames: Readonly<Record<string, string>> = {
  tid: 'http://schemas.microsoft.com/identity/claims/tenantid',
  oid: 'http://schemas.microsoft.com/identity/claims/objectidentifier',
  scp: 'http://schemas.microsoft.com/identity/claims/scope',
  idp: 'http://schemas.microsoft.com/identity/claims/identityprovider',
  acr: 'http://schemas.microsoft.com/claims/authnclassreference',
  amr: 'http://schemas.microsoft.com/claims/authnmethodsreferences',
  sub: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier',
  upn: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn',
  unique_name: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name',
};

/** Removes the headers that only the platform may set. */
export function stripPrincipal(headers: IncomingHttpHeaders): void {
  for (const name of Object.keys(headers)) {
    if (/^x-ms-(client-principal|token-)/.test(name)) Reflect.deleteProperty(headers, name);
  }
}

/**
 * The headers that identify the caller to the app. An application has no name, so it gets no name header: whether Azure
 * leaves it out too is not documented, so nobody may count on it. @param renamed false: the claims keep their names, as
 * they do where the token store is off.
 */
export function principalHeaders(claims: Claims, renamed: boolean): Record<string, string> {
  const principal = {
    auth_typ: 'aad',
    claims: Object.entries(claims).flatMap(([name, value]) =>
      // One claim for each value.
      [value].flat().map((one) => ({ typ: (renamed ? longNames[name] : undefined) ?? name, val: textOf(one) })),
    ),
    name_typ: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
    role_typ: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role',
  };
  const name = claims['preferred_username'] ?? claims['upn'];
  return {
    'x-ms-client-principal': Buffer.from(JSON.stringify(principal)).toString('base64'),
    'x-ms-client-principal-id': textOf(claims['oid']),
    ...(name !== undefined && { 'x-ms-client-principal-name': textOf(name) }),
    'x-ms-client-principal-idp': 'aad',
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}
