/** What the platform, or somebody who forges, says of a caller. */

export const tenantId = '6f9619ff-8b86-4d11-b42d-00c04fc964ff';
export const appId = 'c0ffee01-0000-4000-8000-0000000000c2';
export const tenantClaim = 'http://schemas.microsoft.com/identity/claims/tenantid';

/** A claim of a principal: its type and its value. */
export type Claim = readonly [typ: string, val: unknown];

/** The header `x-ms-client-principal` with these claims. */
export function principalOf(...claims: readonly Claim[]): string {
  return base64({ auth_typ: 'aad', claims: claims.map(([typ, val]) => ({ typ, val })) });
}

/** Any JSON in the form of the header. */
export function base64(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64');
}

/** A token that nobody has signed. */
export function unsignedToken(claims: unknown): string {
  return [{ alg: 'none' }, claims, 'signature']
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
}

/** What a caller sends that would like to be `application`: all that a trusting service could look at. */
export function forgedHeaders(application: string, tenant: string): Record<string, string> {
  return {
    'x-ms-client-principal': principalOf(['azp', application], ['tid', tenant], [tenantClaim, tenant]),
    'x-ms-client-principal-id': application,
    'x-ms-client-principal-name': application,
    'x-ms-client-principal-idp': 'aad',
    'x-ms-token-aad-access-token': unsignedToken({ azp: application, tid: tenant }),
  };
}

const good = [
  ['azp', appId],
  ['tid', tenantId],
] as const;

/** Principals beside a bearer of `appId` that name nobody, or nobody for certain. */
export const principalsOfNobody: Readonly<Record<string, string>> = {
  'that is empty': '',
  'that is not base64': '!?*',
  'that is not JSON': Buffer.from('{"auth_typ":"aad",').toString('base64'),
  'that is an array': base64([{ auth_typ: 'aad', claims: [] }]),
  'that is null': base64(null),
  'that is a string': base64(principalOf(...good)),
  'nested too deep to be one': Buffer.from('['.repeat(5_000)).toString('base64'),
  'of another provider': base64({ auth_typ: 'google', claims: good.map(([typ, val]) => ({ typ, val })) }),
  'of no provider': base64({ claims: good.map(([typ, val]) => ({ typ, val })) }),
  'without claims': base64({ auth_typ: 'aad' }),
  'with no claims': principalOf(),
  'whose claims are an object': base64({ auth_typ: 'aad', claims: { azp: appId, tid: tenantId } }),
  'whose claims are texts': base64({ auth_typ: 'aad', claims: good.flat() }),
  'with null among its claims': base64({ auth_typ: 'aad', claims: [null] }),
  'with a claim that is an array': principalOf(['azp', [appId]], ['tid', tenantId]),
  'with a claim that is a number': principalOf(...good, ['exp', 1]),
  'with a claim without a type': principalOf(...good, [undefined as unknown as string, 'x']),
  'of a user and no application': principalOf(['tid', tenantId], ['scp', 'access_as_user'], ['name', 'Ada']),
  'without a tenant': principalOf(['azp', appId]),
  'whose claim names are in other letters': principalOf(['AZP', appId], ['AppId', appId], ['tid', tenantId]),
  'with two appid': principalOf(['appid', appId], ['appid', 'other'], ['tid', tenantId]),
  'with two azp, the good one last': principalOf(['azp', 'other'], ['azp', appId], ['tid', tenantId]),
  'whose appid and azp differ': principalOf(['appid', appId], ['azp', 'other'], ['tid', tenantId]),
  'with two tenants': principalOf(...good, ['tid', 'other']),
  'with another tenant by the long name': principalOf(...good, [tenantClaim, 'other']),
  'of another application than the bearer': principalOf(['azp', 'c0ffee02-0000-4000-8000-0000000000c2'], good[1]),
  'of another tenant than the bearer': principalOf(good[0], ['tid', 'c0ffee02-0000-4000-8000-0000000000c2']),
  'with blanks around the application': principalOf(['azp', ` ${appId} `], good[1]),
  'with a list of applications': principalOf(['azp', `${appId},other`], good[1]),
};
