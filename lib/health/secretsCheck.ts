import { X509Certificate } from 'node:crypto';
import type { ReadSecret, VaultSecret } from '../azure/vault.ts';
import type { HealthStep } from '../platforms/platform.ts';

/** A secret that the service lives by, and what it is for. */
export interface WatchedSecret {
  readonly purpose: string;
  readonly secretName: string;
}

const warnBeforeMs = 30 * 24 * 60 * 60_000;

/** Whether each secret can be read, and whether it, or a certificate in it, expires within 30 days. */
export async function checkSecrets(
  secrets: readonly WatchedSecret[],
  readSecret: ReadSecret,
  now: number,
): Promise<HealthStep[]> {
  return Promise.all(
    secrets.map(async ({ purpose, secretName }): Promise<HealthStep> => {
      const startedAt = performance.now();
      const done = (outcome: HealthStep['outcome'], action?: string): HealthStep => ({
        name: purpose,
        outcome,
        latencyMs: Math.round(performance.now() - startedAt),
        ...(action && { action }),
      });
      try {
        const expiry = expiryOf(await readSecret(secretName));
        if (expiry === undefined || expiry - now > warnBeforeMs) return done('pass');
        if (expiry <= now) return done('fail', 'The secret in the vault has expired. Replace it.');
        return done('warn', 'The secret in the vault expires within 30 days. Replace it.');
      } catch {
        return done('fail', "The secret cannot be read. Check the vault's network rules and the identity's role.");
      }
    }),
  );
}

/** The earlier of the vault's own expiry date and that of a PEM certificate in the value; undefined if there is neither. */
export function expiryOf({ value, expiresAt }: VaultSecret): number | undefined {
  const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(value)?.[0];
  const dates = [expiresAt?.getTime(), pem && Date.parse(new X509Certificate(pem).validTo)];
  const known = dates.filter((date) => typeof date === 'number');
  return known.length > 0 ? Math.min(...known) : undefined;
}
