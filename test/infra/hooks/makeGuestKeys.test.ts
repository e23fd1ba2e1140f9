import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { parseRing } from '../../../lib/sealing/keyRing.ts';

const token = 'a-token-for-the-vault';
const folder = mkdtempSync(join(tmpdir(), 'guest-keys-'));

/** As much of Key Vault as writing one secret takes. */
const vault = {
  secrets: new Map<string, string>(),
  /** Requests that are refused until a role is seen. */
  refusals: 0,
  deleted: false,
  tokens: new Set<string | undefined>(),
  calls: [] as string[],
};

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, name = ''] = /^\/secrets\/([\w-]+)\?api-version=7\.4$/.exec(request.url ?? '') ?? [];
  vault.calls.push(`${String(request.method)} ${name}`);
  vault.tokens.add(request.headers.authorization);
  response.writeHead(await statusFor(request, name)).end('{}');
}

async function statusFor(request: IncomingMessage, name: string): Promise<number> {
  if (vault.refusals-- > 0) return 403;
  if (request.method === 'GET') return vault.secrets.has(name) ? 200 : 404;
  if (vault.deleted) return 409;
  const { value } = z.object({ value: z.string() }).parse(JSON.parse(await text(request)));
  vault.secrets.set(name, value);
  return 200;
}
const server = createServer((request, response) => void answer(request, response));

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  // What azd says when it is asked for a token.
  writeFileSync(join(folder, 'azd'), `#!/bin/sh\necho "$@" > "${folder}/asked"\necho '{"token":"${token}"}'\n`);
  chmodSync(join(folder, 'azd'), 0o755);
});
beforeEach(() => {
  Object.assign(vault, { secrets: new Map(), refusals: 0, deleted: false, tokens: new Set(), calls: [] });
});
afterAll(async () => {
  await new Promise((closed) => server.close(closed));
  rmSync(folder, { recursive: true });
});

/** Runs the hook as azd does. */
async function run(environment: Record<string, string> = {}): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [resolve('infra/hooks/makeGuestKeys.js')], {
    env: {
      PATH: `${folder}:${String(process.env['PATH'])}`,
      VAULT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      VAULT_GUEST_KEYS_NAME: 'guest-keys',
      ROLE_PAUSE_MS: '1',
      ...environment,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (written: string) => (output += written));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  for (const secret of [token, ...vault.secrets.values()]) expect(output).not.toContain(secret);
  return { code, output };
}

test('a first key is made that the service can use', async () => {
  expect(await run()).toEqual({ code: 0, output: 'Made guest-keys in the vault.\n' });
  const made = vault.secrets.get('guest-keys') ?? '';
  expect(made).toMatch(/^k1\.[A-Za-z0-9+/]{43}=$/);
  expect(vault.tokens).toEqual(new Set([`Bearer ${token}`]));
  expect(parseRing(made)).toMatchObject([{ kid: 'k1' }]);
  expect(readFileSync(join(folder, 'asked'), 'utf8')).toMatch(
    /^auth token --scope https:.*\/\.default --output json\n$/,
  );
});

test('each deployment has another key', async () => {
  await run();
  const first = vault.secrets.get('guest-keys');
  vault.secrets.clear();
  await run();
  expect(vault.secrets.get('guest-keys')).not.toBe(first);
});

test('keys that are there stay', async () => {
  vault.secrets.set('guest-keys', 'k7.of-all-guests');
  expect(await run()).toEqual({ code: 0, output: 'The vault has guest-keys; it stays as it is.\n' });
  expect(vault.secrets.get('guest-keys')).toBe('k7.of-all-guests');
  expect(vault.calls).toEqual(['GET guest-keys']);
});

test('it waits until the vault has seen the new role', async () => {
  vault.refusals = 3;
  const { code, output } = await run();
  expect(code).toBe(0);
  expect(output).toBe('Waiting until the vault knows that you may write secrets.\nMade guest-keys in the vault.\n');
});

test('it gives up on a vault that never lets it in, and says what to do', async () => {
  vault.refusals = 1_000;
  const { code, output } = await run();
  expect(code).toBe(1);
  expect(output).toContain('It answered 403. infra/README.md has the command');
  expect(vault.calls).toHaveLength(40);
});

test('deleted keys are not replaced: they can be recovered', async () => {
  vault.deleted = true;
  const { code, output } = await run();
  expect(code).toBe(1);
  expect(output).toContain('az keyvault secret recover');
});

test('without azd it says how it is run', async () => {
  const { code, output } = await run({ VAULT_URL: '' });
  expect(code).toBe(1);
  expect(output).toContain('run this through azd');
});
