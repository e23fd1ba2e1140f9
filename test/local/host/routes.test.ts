import { parseRouteTemplate } from '../../../local/host/routes.ts';

it.each([
  ['v1/guests', '/V1/Guests/', {}],
  ['', '/', {}],
  ['v1/guests/{id}', '/v1/guests/a%20b', { id: 'a b' }],
  ['v1/guests/{id}', '/v1/guests/a%2fb', { id: 'a%2Fb' }],
  ['v1/guests/{id}', '/v1/guests/%zz', { id: '%zz' }],
  ['v1/{id?}', '/v1', {}],
  ['v1/{id?}', '/v1/x', { id: 'x' }],
  ['files/{name}.{extension}', '/files/a.b.json', { name: 'a', extension: 'b.json' }],
  ['v1/a+b', '/v1/a+b', {}],
])('%s matches %s', (template, path, params) => {
  expect(parseRouteTemplate(template).match(path)).toEqual(params);
});

it.each([
  ['v1/guests', '/v1/guest'],
  ['v1/guests', '/v1/guests/x'],
  ['v1/guests/{id}', '/v1/guests'],
  ['v1/guests/{id}', '/v1/guests//'],
  ['v1/guests', '//v1/guests'],
  ['v1/a.b', '/v1/axb'],
])('%s does not match %s', (template, path) => {
  expect(parseRouteTemplate(template).match(path)).toBeUndefined();
});

it.each([
  ['v1/{id:guid}', '"{id:guid}" is not known'],
  ['v1/{*rest}', '"{*rest}" is not known'],
  ['v1/{id=5}', '"{id=5}" is not known'],
  ['v1/{}', '"{}" is not known'],
  ['v1/{id?}/more', 'may only be the whole last segment'],
  ['v1/x{id?}', 'may only be the whole last segment'],
  ['v1/{id', '"{id" is not known'],
])('%s is refused: %s', (template, reason) => {
  expect(() => parseRouteTemplate(template)).toThrow(reason);
});

it('literals are tried before parameters beside literals, and those before whole parameters', () => {
  const templates = ['v1/{id}', 'v1/{id}.json', 'v1/search'];
  const ordered = templates.toSorted((one, other) =>
    parseRouteTemplate(one).precedence < parseRouteTemplate(other).precedence ? -1 : 1,
  );
  expect(ordered).toEqual(templates.toReversed());
});
