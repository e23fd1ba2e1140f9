import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A PEM of the test authority's: `ca`, `cert` or `key` (the server certificate for all simulated hosts). */
export function pem(name: 'ca' | 'cert' | 'key'): string {
  return readFileSync(pemFile(name), 'utf8');
}

export function pemFile(name: 'ca' | 'cert' | 'key'): string {
  return join(process.env['TEST_TLS_FOLDER'] ?? '', `${name}.pem`);
}
