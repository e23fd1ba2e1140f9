import { HttpRequest } from '@azure/functions';
import fc from 'fast-check';
import { callerOf, viewerOf } from '../../../lib/http/authenticate.ts';
import type { Caller } from '../../../lib/callers.ts';
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
} from './principals.ts';
import { generatedCases } from '../../support/generatedCases.ts';

const otherId = 'c0ffee02-0000-4000-8000-0000000000c2';
const entra: CallerAuth = { kind: 'entra', tenantId, appIds: [otherId, appId] };
const bearer = `Bearer ${unsignedToken({ azp: appId, tid: tenantId })}`;
const principal = principalOf(['azp', appId], ['tid', tenantId]);

function requestWith(headers: Readonly<Record<string, string>>): HttpRequest {
  return new HttpRequest({ method: 'GET', url: 'http://localhost/', headers });
}

/** Who calls with these two headers, which are good unless a test says otherwise. */
function caller(given: { authorization?: string | undefined; principal?: string | undefined }, auth = entra): string {
  const all = { authorization: bearer, principal, ...given };
  return appIdOf(
    callerOf(
      requestWith({
        ...(all.authorization !== undefined && { authorization: all.authorization }),
        ...(all.principal !== undefined && { 'x-ms-client-principal': all.principal }),
      }),
      auth,
    ),
  );
}

/** The id of an application; empty for a user, who is nobody in particular. */
function appIdOf(given: Caller): string {
  return given.kind === 'application' ? given.appId : '';
}

/** The code with which the caller is refused; fails if there is a caller. */
function refusal(given: Parameters<typeof caller>[0], auth = entra): string {
  try {
    return `let in as ${caller(given, auth)}`;
  } catch (error) {
    const { code, message } = asProblem(error);
    // Nothing of what was sent is repeated.
    expect(message).not.toMatch(/c0ffee|6f9619ff|other/i);
    return code;
  }
}

describe('a caller is the application', () => {
  test.each<[string, Claim[], object]>([
    [
      'of a v1 token',
      [
        ['appid', appId],
        [tenantClaim, tenantId],
        ['ver', '1.0'],
      ],
      { appid: appId, tid: tenantId },
    ],
    [
      'of a v2 token',
      [
        ['azp', appId],
        [tenantClaim, tenantId],
        ['ver', '2.0'],
      ],
      { azp: appId, tid: tenantId },
    ],
    [
      'without a token store',
      [
        ['azp', appId],
        ['tid', tenantId],
      ],
      { azp: appId, tid: tenantId },
    ],
    [
      'in whose name no user calls',
      [
        ['azp', appId],
        ['tid', tenantId],
        ['roles', 'a'],
        ['roles', 'b'],
      ],
      { azp: appId, tid: tenantId },
    ],
    [
      'through which a user calls',
      [
        ['azp', appId],
        ['tid', tenantId],
        ['scp', 'access_as_user'],
        ['name', 'Ada'],
      ],
      { azp: appId, tid: tenantId, scp: 'access_as_user' },
    ],
    [
      'that is named twice, the same both times',
      [
        ['appid', appId],
        ['azp', appId],
        ['tid', tenantId],
      ],
      { appid: appId, azp: appId, tid: tenantId },
    ],
  ])('%s', (_, claims, token) => {
    expect(caller({ principal: principalOf(...claims), authorization: `Bearer ${unsignedToken(token)}` })).toBe(appId);
  });

  test('in lower case, however its ids are spelt: it is one caller, with one set of guests', () => {
    const [loudApp, loudTenant] = [appId.toUpperCase(), tenantId.toUpperCase()];
    const loud = principalOf(['azp', loudApp], [tenantClaim, loudTenant]);
    expect(caller({ principal: loud })).toBe(appId);
    const authorization = `Bearer ${unsignedToken({ azp: loudApp, tid: loudTenant })}`;
    expect(caller({ principal: loud, authorization })).toBe(appId);
    expect(caller({ authorization })).toBe(appId);
  });

  test('whose scheme is spelt as the caller likes', () => {
    expect(caller({ authorization: bearer.replace('Bearer ', 'bEARER   ') })).toBe(appId);
  });

  test('among many claims', () => {
    const many: Claim[] = Array.from({ length: 10_000 }, (_, index) => [`claim${index}`, 'x'.repeat(100)]);
    expect(caller({ principal: principalOf(...many, ['azp', appId], ['tid', tenantId], ...many) })).toBe(appId);
  });
});

describe('nobody is a caller', () => {
  test('while function keys prove who calls', () => {
    expect(refusal({}, { kind: 'function-key' })).toBe('caller-unauthenticated');
  });

  test.each(Object.entries(principalsOfNobody))('with a principal %s', (_, sent) => {
    expect(refusal({ principal: sent })).toBe('caller-unauthenticated');
  });

  test('without a principal', () => {
    expect(refusal({ principal: undefined })).toBe('caller-unauthenticated');
  });

  test.each([
    ['no bearer', undefined],
    ['an empty header', ''],
    ['a scheme alone', 'Bearer'],
    ['a scheme and a blank', 'Bearer '],
    ['another scheme', bearer.replace('Bearer', 'Basic')],
    ['a scheme that only begins so', bearer.replace('Bearer', 'BearerX')],
    ['two bearers', `${bearer}, ${bearer}`],
    ['words behind the token', `${bearer} ${bearer}`],
    ['text before the scheme', `x ${bearer}`],
    ['a token of one part', 'Bearer token'],
    ['a token without claims', 'Bearer a..c'],
    ['claims that are not JSON', 'Bearer a.b.c'],
    ['claims that are an array', `Bearer ${unsignedToken([{ azp: appId, tid: tenantId }])}`],
    ['claims that are null', `Bearer ${unsignedToken(null)}`],
    ['an application that is an array', `Bearer ${unsignedToken({ azp: [appId], tid: tenantId })}`],
    ['no tenant', `Bearer ${unsignedToken({ azp: appId })}`],
    ['no application, as in an ID token', `Bearer ${unsignedToken({ aud: appId, tid: tenantId, nonce: 'n' })}`],
    ['another application', `Bearer ${unsignedToken({ azp: otherId, tid: tenantId })}`],
    ['another tenant', `Bearer ${unsignedToken({ azp: appId, tid: otherId })}`],
    ['two applications', `Bearer ${unsignedToken({ appid: appId, azp: otherId, tid: tenantId })}`],
    ['two applications, the good one second', `Bearer ${unsignedToken({ appid: otherId, azp: appId, tid: tenantId })}`],
  ])('with a good principal and %s', (_, authorization) => {
    expect(refusal({ authorization })).toBe('caller-unauthenticated');
  });

  test('whose application neither the principal nor the bearer names', () => {
    const authorization = `Bearer ${unsignedToken({ tid: tenantId })}`;
    expect(refusal({ authorization, principal: principalOf(['tid', tenantId]) })).toBe('caller-unauthenticated');
  });

  test('who says so in the other headers of a principal', () => {
    const request = requestWith({
      authorization: bearer,
      'x-ms-client-principal-id': appId,
      'x-ms-client-principal-name': appId,
      'x-ms-client-principal-idp': 'aad',
    });
    expect(() => callerOf(request, entra)).toThrow(
      expect.objectContaining({ code: 'caller-unauthenticated' }) as Error,
    );
  });

  test('whatever the two headers hold: they are refused, and nothing else happens', () => {
    const anyText = fc.string({ unit: 'grapheme-ascii', maxLength: 200 });
    const anyClaims = fc.array(
      fc.record({ typ: fc.constantFrom('azp', 'appid', 'tid', tenantClaim), val: fc.jsonValue() }),
    );
    const anyPrincipal = fc.oneof(
      anyText,
      fc.jsonValue().map(base64),
      anyClaims.map((claims) => base64({ auth_typ: 'aad', claims })),
    );
    const anyBearer = fc.oneof(
      anyText,
      anyText.map((text) => `Bearer ${text}`),
      fc.jsonValue().map((claims) => `Bearer ${unsignedToken(claims)}`),
      fc.constant(bearer),
    );
    fc.assert(
      fc.property(anyPrincipal, anyBearer, (sent, authorization) => {
        expect(['caller-unauthenticated', 'caller-not-allowed']).toContain(refusal({ principal: sent, authorization }));
      }),
      generatedCases(300),
    );
  });
});

describe('a caller is not allowed', () => {
  const of = (application: string, tenant: string) => ({
    principal: principalOf(['azp', application], ['tid', tenant]),
    authorization: `Bearer ${unsignedToken({ azp: application, tid: tenant })}`,
  });

  test.each([
    ['of an application that is not listed', 'c0ffee03-0000-4000-8000-0000000000c2', tenantId],
    ['of an application that only begins as one that is', appId.slice(0, -1), tenantId],
    ['of an application that goes on where one that is ends', `${appId}0`, tenantId],
    ['of an application without an id', '', tenantId],
    ['of a listed application in another tenant', appId, otherId],
    ['of a tenant without an id', appId, ''],
  ])('%s', (_, application, tenant) => {
    expect(refusal(of(application, tenant))).toBe('caller-not-allowed');
  });

  test('when none is listed', () => {
    expect(refusal({}, { ...entra, appIds: [] })).toBe('caller-not-allowed');
  });
});

describe('a viewer of the status page', () => {
  const entra: CallerAuth = { kind: 'entra', tenantId, appIds: [appId] };
  /** Who looks with these headers: an application's id, `''` for a user, or the code of the refusal. */
  function viewer(principal: string | undefined, authorization?: string, auth = entra): string {
    const headers = {
      ...(principal !== undefined && { 'x-ms-client-principal': principal }),
      ...(authorization !== undefined && { authorization }),
    };
    try {
      return appIdOf(viewerOf(requestWith(headers), auth));
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

    test('may not where callers have function keys: nothing has checked the header then', () => {
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
});
