import fc from 'fast-check';
import { guestIdOf, guestIdPattern, newSessionId, sessionIdPattern } from '../../../lib/guests/identity.ts';
import { generatedCases } from '../../support/generatedCases.ts';

describe('a session id', () => {
  test('of our making is one that a caller could have named, and new each time', () => {
    const ids = Array.from({ length: 100 }, newSessionId);
    expect(ids.every((id) => sessionIdPattern.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(100);
  });

  test.each([
    '6f9619ff-8b86-4d11-b42d-00c04fc964ff',
    '6F9619FF-8B86-4D11-B42D-00C04FC964FF',
    'a'.repeat(22),
    'Z'.repeat(100),
    '0._~-'.padEnd(22, '9'),
  ])('may be %s', (id) => {
    expect(sessionIdPattern.test(id)).toBe(true);
  });

  test.each([
    ...['', 'test', 'AnonMeeting', 'a'.repeat(21), 'a'.repeat(101), '-'.padEnd(30, 'a'), '.'.padEnd(30, 'a')],
    ...['~'.padEnd(30, 'a'), `${'a'.repeat(30)}\n`, `${'a'.repeat(30)} `, `${'a'.repeat(30)}/`, `${'a'.repeat(30)}é`],
    '{6f9619ff-8b86-4d11-b42d-00c04fc964ff}',
  ])('may not be %j', (id) => {
    expect(sessionIdPattern.test(id)).toBe(false);
  });
});

describe('a guestId', () => {
  test('is the digest that the design names', () => {
    // printf 'guest\n6f9619ff-8b86-4d11-b42d-00c04fc964ff' | openssl dgst -sha256 -binary | base64, then URL-safe
    expect(guestIdOf('6f9619ff-8b86-4d11-b42d-00c04fc964ff')).toBe('jsORqdLHcXLAGheUyUjMaa_IfLL0KAOo0e_LIK4APG4');
  });

  test('tells letter cases apart, and has one form', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        expect(guestIdOf(id)).toMatch(guestIdPattern);
        expect(guestIdOf(id) === guestIdOf(id.toUpperCase())).toBe(id === id.toUpperCase());
      }),
      generatedCases(300),
    );
  });

  test.each(['', 'a'.repeat(42), 'a'.repeat(44), `${'a'.repeat(42)}=`, `${'a'.repeat(43)}\n`, `${'a'.repeat(42)}+`])(
    'is never %j',
    (text) => {
      expect(guestIdPattern.test(text)).toBe(false);
    },
  );
});
