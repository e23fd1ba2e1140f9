import { parseRouteTemplate } from '../../../local/host/routeTemplate.ts';

it.each([
  ['v1/guests', '/V1/Guests/', {}],
  ['', '/', {}],
  ['v1/guests/{id}', '/v1/guests/a%20b', { id: 'a b' }],
  ['v1/guests/{id}', '/v1/guests/a%2fb', { id: 'a%2Fb' }],
  ['v1/guests/{id}', '/v1/guests/%zz', { id: '%zz' }],
  ['v1/{id?}', '/v1', {}],
  ['v1/{id?}', '/v1/x', { id: 'x' }],
  ['v1/{*rest}', '/v1', {}],
  ['v1/{*rest}', '/v1/a/b/c', { rest: 'a/b/c' }],
  ['files/{name}.{extension}', '/files/a.b.json', { name: 'a', extension: 'b.json' }],
  ['v1/{n:int}', '/v1/-12', { n: '-12' }],
  ['v1/{n:long}', '/v1/9999999999', { n: '9999999999' }],
  ['v1/{n:decimal}', '/v1/1.5', { n: '1.5' }],
  ['v1/{n:range(1,9)}', '/v1/9', { n: '9' }],
  ['v1/{n:min(3):max(4)}', '/v1/3', { n: '3' }],
  ['v1/{flag:bool}', '/v1/True', { flag: 'True' }],
  ['v1/{word:alpha:minlength(2)}', '/v1/ab', { word: 'ab' }],
  ['v1/{id:length(3)}', '/v1/abc', { id: 'abc' }],
  ['v1/{id:length(2,3)?}', '/v1/ab', { id: 'ab' }],
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
  ['v1/{n:int}', '/v1/99999999999'],
  ['v1/{n:int}', '/v1/1x'],
  ['v1/{n:range(1,9)}', '/v1/10'],
  ['v1/{id:guid}', '/v1/6f9619ff'],
  ['v1/{id:length(3)}', '/v1/abcd'],
  ['v1/{id:maxlength(3)}', '/v1/abcd'],
  ['v1/a.b', '/v1/axb'],
])('%s does not match %s', (template, path) => {
  expect(parseRouteTemplate(template).match(path)).toBeUndefined();
});

it.each([
  ['v1/{id:prime}', 'constraint "prime"'],
  ['v1/{id=5}', '"{id=5}" is not understood'],
  ['v1/{}', '"{}" is not understood'],
  ['v1/{id?}/more', 'may only be the whole last segment'],
  ['v1/{*rest}/more', 'may only be the whole last segment'],
  ['v1/x{id?}', 'may only be the whole last segment'],
  ['v1/{id', '"{id" is not understood'],
])('refuses %s', (template, reason) => {
  expect(() => parseRouteTemplate(template)).toThrow(reason);
});

it('orders literals before constraints, constraints before parameters, and a catch-all last', () => {
  const templates = ['v1/{*rest}', 'v1/{*rest:alpha}', 'v1/{id}', 'v1/{id:guid}', 'v1/search'];
  const ordered = templates.toSorted((one, other) =>
    parseRouteTemplate(one).precedence < parseRouteTemplate(other).precedence ? -1 : 1,
  );
  expect(ordered).toEqual(templates.toReversed());
});
