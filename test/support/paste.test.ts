import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fetched, paste } from './paste.ts';

let echo: Server;
let variables: Record<string, string>;

beforeAll(async () => {
  echo = createServer((request, response) => {
    void text(request).then((body) => {
      const { method, url } = request;
      const { 'x-key': key, 'content-type': type } = request.headers;
      response.end(JSON.stringify({ method, url, key, type, body }));
    });
  }).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  variables = { HERE: `http://127.0.0.1:${(echo.address() as AddressInfo).port}`, KEY: 'of two words' };
});
afterAll(async () => {
  echo.close();
  await once(echo, 'close');
});

test.each([
  ['a line that only reads', 'curl -s "$HERE/a?b=c"', { method: 'GET', url: '/a?b=c', body: '' }],
  ['another method', 'curl -s -X DELETE $HERE/a -H "X-Key: $KEY"', { method: 'DELETE', key: 'of two words' }],
  [
    'a body, over two lines, with what the shell leaves alone',
    `curl -s $HERE/a -H 'Content-Type: application/json' \\\n  -d '{"a":"$KEY: it is"}'`,
    { method: 'POST', type: 'application/json', body: '{"a":"$KEY: it is"}' },
  ],
])('%s is the same request with and without curl', async (_, line, expected) => {
  const pasted = await paste(line, variables);
  expect(pasted).toMatchObject(expected);
  expect(JSON.parse(await fetched(line, variables))).toEqual(pasted);
});

test('an option that fetch does not know is refused', async () => {
  await expect(fetched('curl --compressed $HERE', variables)).rejects.toThrow('--compressed');
});
