import { format } from 'oxfmt';

test('a package that is an ES module only can be imported, and so can what it imports', async () => {
  expect(await format('a.ts', 'const a  = 1')).toMatchObject({ code: 'const a = 1;\n' });
});
