import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { meetingUrl } from '../support/testCloud.ts';
import { functionKey } from '../support/testHost.ts';
import { bundleForBrowsers } from './bundledClient.ts';
import { startServedClient, type ServedClient } from './servedClient.ts';

let served: ServedClient;

beforeAll(async () => {
  served = await startServedClient();
});
afterAll(() => served.stop());

/** The first example of client/README.md, with the deployment, the key and the meeting of the test. */
function example(): string {
  const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(readFileSync('client/README.md', 'utf8')) ?? [];
  const replaced = [
    ["'https://join.contoso.com'", served.service.host.url],
    ["'the function key'", functionKey],
    ["'https://meet.lync.com/contoso/john/5LB7MRBC'", meetingUrl],
  ] as const;
  return replaced.reduce((text, [written, real]) => {
    if (!text.includes(written)) throw new Error(`the example has no ${written}`);
    return text.replace(written, JSON.stringify(real));
  }, code);
}

test('the example of the README does what it says', async () => {
  const { code } = await bundleForBrowsers('esm', example());
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code]);
  expect(stderr).toBe('');
  expect(stdout.split('\n')).toEqual([
    expect.stringMatching(/^renewed until \d{4}-\d\d-\d\dT[\d:.]+Z$/),
    'the same participant: true',
    expect.stringMatching(/^guest-removed [A-Z].*\.$/),
    '',
  ]);
  const participants = new Set(served.world.platform.issued.map(({ applicationSessionId }) => applicationSessionId));
  expect(participants.size).toBe(1);
  expect(await served.cloud.rows('guests')).toMatchObject([{ state: 'removed' }]);
});
