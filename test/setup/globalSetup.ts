import { randomBytes, randomInt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAzurite } from '../../local/azurite.ts';
import { makeCertificates } from '../../local/certificates.ts';
import { simulatorHostNames } from '../../local/simulator/hostNames.ts';

/** Test files run side by side in workers: each file has accounts of its own in the one table server. */
export const accountsPerWorker = 6;
const workers = 16;

/** Set-up and teardown run in one process, but Jest hands nothing from one to the other. */
export const sharedByAllTests = globalThis as typeof globalThis & { stop?: () => Promise<void> };

/** Draws the seed of generated cases, starts the table server that all tests share and makes the certificates that they trust. */
// oxlint-disable-next-line import/no-default-export -- Jest takes the default export
export default async function globalSetup(): Promise<void> {
  process.env['TEST_SEED'] ??= String(randomInt(2 ** 31));
  const folder = mkdtempSync(join(tmpdir(), 'anonymous-join-test-'));
  const key = randomBytes(64).toString('base64');
  const names = Array.from({ length: workers * accountsPerWorker }, (_, index) => accountName(index));
  const [tls, azurite] = await Promise.all([
    makeCertificates(simulatorHostNames),
    startAzurite({ accounts: Object.fromEntries(names.map((name) => [name, key])) }),
  ]);
  for (const [name, pem] of Object.entries(tls)) writeFileSync(join(folder, `${name}.pem`), pem as string);
  process.env['TEST_TLS_FOLDER'] = folder;
  process.env['TEST_TABLES'] = JSON.stringify({ url: new URL(azurite.tableEndpoint()).origin, key });
  sharedByAllTests.stop = async () => {
    await azurite.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

export function accountName(index: number): string {
  return `tests${String(index).padStart(3, '0')}`;
}
