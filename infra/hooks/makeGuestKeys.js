/* global fetch */
// Puts a first guest key into the vault, unless there is one: azd runs this after provisioning, with the outputs of
// main.bicep in the environment. The key is made here and goes to the vault only: into no parameter, file or log. Keys that
// are there are never replaced, because no guest could be read any more; SECURITY.md says how to rotate them.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { URL } from 'node:url';

const { VAULT_URL: vaultUrl, VAULT_GUEST_KEYS_NAME: name, ROLE_PAUSE_MS: pauseMs = '10000' } = process.env;
if (!vaultUrl || !name) throw new Error('VAULT_URL and VAULT_GUEST_KEYS_NAME are missing: run this through azd.');

// A role that has just been assigned takes minutes to be seen by the vault.
const attempts = 40;

/** `https://vault.azure.net` of `https://kv-x.vault.azure.net/`, and likewise in other clouds. */
const audience = `https://${new URL(vaultUrl).hostname.split('.').slice(1).join('.')}`;
const { token } = JSON.parse(
  execFileSync('azd', ['auth', 'token', '--scope', `${audience}/.default`, '--output', 'json'], { encoding: 'utf8' }),
);

const secret = new URL(`/secrets/${name}?api-version=7.4`, vaultUrl);
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };

async function ask(options) {
  for (let attempt = 1; ; attempt += 1) {
    const { status } = await fetch(secret, { ...options, headers, redirect: 'error' });
    if (status !== 403 || attempt === attempts) return status;
    if (attempt === 1) console.log('Waiting until the vault knows that you may write secrets.');
    await pause(Number(pauseMs));
  }
}

const found = await ask({ method: 'GET' });
if (found === 200) {
  console.log(`The vault has ${name}; it stays as it is.`);
} else if (found === 404) {
  const value = `k1.${randomBytes(32).toString('base64')}`;
  const made = await ask({ method: 'PUT', body: JSON.stringify({ value }) });
  if (made === 200) console.log(`Made ${name} in the vault.`);
  else fail(made === 409 ? `${name} was deleted: recover it (az keyvault secret recover).` : `It answered ${made}.`);
} else {
  fail(`It answered ${found}.`);
}

function fail(reason) {
  console.error(`The vault has no usable guest keys. ${reason} infra/README.md has the command to make them by hand.`);
  process.exitCode = 1;
}
