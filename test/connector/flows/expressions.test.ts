import { callsIn, expressionsIn, parseExpression } from './expressions.ts';

test('an expression is read with its calls, their arguments and the properties that are taken', () => {
  expect(parseExpression("concat('it''s ', body('Step')?['a']['b'], 2, true, null)")).toEqual({
    name: 'concat',
    args: ["it's ", { name: 'body', args: ['Step'], path: ['a', 'b'] }, 2, true, null],
    path: [],
  });
});

test('the calls within an expression are found, the outer one first', () => {
  const names = [...callsIn(parseExpression("if(empty(item()?['a']), body('b'), 'c')"))].map(({ name }) => name);
  expect(names).toEqual(['if', 'empty', 'item', 'body']);
});

test('expressions are found wherever they stand in a value', () => {
  const value = { whole: "@body('a')", parts: ["x @{item()?['}']} y @{utcNow()}", 'a@contoso.com', '@@body'] };
  expect([...expressionsIn(value)]).toEqual([
    { name: 'body', args: ['a'], path: [] },
    { name: 'item', args: [], path: ['}'] },
    { name: 'utcNow', args: [], path: [] },
  ]);
});

test.each(["body('a'", "body('a'))", "body('a)", "body 'a'", "body('a')?[", 'a + b', "concat('a' 'b')", ''])(
  '%s is no expression',
  (source) => {
    expect(() => parseExpression(source)).toThrow();
  },
);
