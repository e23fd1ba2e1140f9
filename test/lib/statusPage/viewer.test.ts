import { HttpRequest } from '@azure/functions';
import { viewerOf } from '../../../lib/statusPage/viewer.ts';
import { asProblem } from '../../../lib/problem.ts';
import type { CallerAuth } from '../../../lib/settings/callers.ts';
import {
  appId,
  base64,
  principalOf,
  principalsOfNobody,
  tenantClaim,
  tenantId,
  unsignedToken,
  type Claim,
} from '../http/principals.ts';

const entra: CallerAuth = { kind: 'entra', tenantId, appIds: [appId] };
const bearer = `Bearer ${unsignedToken({ azp: appId, tid: tenantId })}`;

/** Who looks with these headers: an application's id, `''` for a user, or the code of the refusal. */
function viewer(principal: string | undefined, authorization?: string, auth = entra): string {
  const headers = {
    ...(principal !== undefined && { 'x-ms-client-principal': principal }),
    ...(authorization !== undefined && { authorization }),
  };
  try {
    return viewerOf(new HttpRequest({ method: 'GET', url: 'http://localhost/', headers }), auth);
  } catch (error) {
    return asProblem(error).code;
  }
}

describe('a user of the tenant', () => {
  test.each<[string, Claim[]]>([
    ['with the short name of the claim', [['tid', tenantId]]],
    ['with the long one', [[tenantClaim, tenantId]]],
    ['with both', [...([['tid', tenantId]] as const), [tenantClaim, tenantId.toUpperCase()]]],
    [
      'with all that an ID token says',
      [
        ['aud', appId],
        ['tid', tenantId],
        ['name', 'Ada'],
        ['nonce', 'n'],
        ['oid', 'o'],
      ],
    ],
  ])('may look, %s', (_, claims) => {
    expect(viewer(principalOf(...claims))).toBe('');
    // What else they send is not looked at.
    expect(viewer(principalOf(...claims), bearer)).toBe('');
    expect(viewer(principalOf(...claims), 'Basic YTpi')).toBe('');
  });

  test('of another tenant may not', () => {
    expect(viewer(principalOf(['tid', 'c0ffee02-0000-4000-8000-0000000000c2']))).toBe('caller-not-allowed');
  });

  test('may not where callers have function keys: nothing vouches for the header then', () => {
    const auth = { kind: 'function-key' } as const;
    expect(viewer(principalOf(['tid', tenantId]), undefined, auth)).toBe('caller-unauthenticated');
    expect(viewer(principalOf(['azp', appId], ['tid', tenantId]), bearer, auth)).toBe('caller-unauthenticated');
  });
});

describe('an application', () => {
  test('may look as it may call, with a bearer of its own', () => {
    expect(viewer(principalOf(['azp', appId], ['tid', tenantId]), bearer)).toBe(appId);
  });

  test('is not taken for a user because its bearer is missing, or it is not listed', () => {
    expect(viewer(principalOf(['azp', appId], ['tid', tenantId]))).toBe('caller-unauthenticated');
    const others: Claim[] = [
      ['appid', 'other'],
      ['tid', tenantId],
    ];
    expect(viewer(principalOf(...others))).toBe('caller-unauthenticated');
    const otherBearer = `Bearer ${unsignedToken({ appid: 'other', tid: tenantId })}`;
    expect(viewer(principalOf(...others), otherBearer)).toBe('caller-not-allowed');
  });
});

const { 'of a user and no application': user, ...others } = principalsOfNobody;

test('a principal of a user is known where one of an application is asked for', () => {
  expect(viewer(user)).toBe('');
});

test.each(Object.entries({ ...others, 'of no tenant': principalOf(['name', 'Ada']), 'of two': base64([]) }))(
  'a principal %s is nobody’s',
  (_, principal) => {
    expect(viewer(principal)).toBe('caller-unauthenticated');
    expect(viewer(undefined)).toBe('caller-unauthenticated');
  },
);
