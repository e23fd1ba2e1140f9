import { randomUUID, X509Certificate } from 'node:crypto';
import type { ReadSecret, VaultSecret } from '../azure/vault.ts';
import type { HealthStep, MeetingPlatform } from '../platforms/platform.ts';
import { joinStepName, type Check } from './status.ts';

/** A part of the service that can be checked: a configured platform, the synthetic joins, or the secrets. */
export interface HealthPart {
  readonly name: string;
  readonly check: (signal: AbortSignal) => Promise<HealthStep[]>;
}

/** The part that says whether the secrets in the vault can be used. */
export const secretsName = 'secrets';
/** The part that says whether guests could join. */
const syntheticJoinName = 'synthetic-join';

/** A secret that the service cannot work without, and what it is for. */
interface WatchedSecret {
  readonly purpose: string;
  readonly secretName: string;
}

const warnBeforeMs = 30 * 24 * 60 * 60_000;

/** Whether each secret can be read, and whether it, or a certificate in it, expires within 30 days of `now`. */
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

/** What synthetic joins are made with. */
interface SyntheticJoinOptions {
  readonly platforms: readonly MeetingPlatform[];
  /** A test meeting of each platform that is to be tried. */
  readonly meetingUrls: readonly string[];
  readonly allowedOrigins: readonly string[];
}

/**
 * Does what a guest does on every platform that has a test meeting, as a new guest each time: no other guest is replaced,
 * and nothing is stored. Undefined if no platform can be tried.
 */
export function syntheticJoin({
  platforms,
  meetingUrls,
  allowedOrigins,
}: SyntheticJoinOptions): HealthPart | undefined {
  const meetings = meetingUrls.flatMap((meetingUrl) => {
    const platform = platforms.find((candidate) => candidate.readLink(new URL(meetingUrl)));
    return platform?.probeJoin ? [{ platform, meetingUrl }] : [];
  });
  if (meetings.length === 0) return undefined;
  return {
    name: syntheticJoinName,
    check: async (signal) => {
      const steps = meetings.map(async ({ platform, meetingUrl }) => {
        const guest = { applicationSessionId: randomUUID(), meetingUrl, allowedOrigins };
        const own = (await platform.probeJoin?.(guest, signal)) ?? [];
        return own.map((step) => ({ ...step, name: joinStepName(platform.name, step.name) }));
      });
      return (await Promise.all(steps)).flat();
    },
  };
}

/**
 * What the settings themselves give cause to warn of, as a part of the report. It changes with the settings only, so
 * nobody is notified of it.
 */
export type ConfigurationWarning = Pick<Check, 'name' | 'steps'>;

/** The warnings that stay in the report for as long as the settings are these. */
export function configurationWarnings(settings: { readonly sampleServiceEndpoints: string }): ConfigurationWarning[] {
  if (settings.sampleServiceEndpoints !== 'open') return [];
  const action =
    'Anybody who knows a meeting link can get tokens for it, and create meetings. Set SAMPLE_SERVICE_ENDPOINTS to keyed once the clients send a function key.';
  return [{ name: 'callers', steps: [{ name: 'sample-service-endpoints', outcome: 'warn', latencyMs: 0, action }] }];
}
