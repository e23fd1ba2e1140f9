import { Problem } from '../problem.ts';
import { parseOrigin } from '../settings/readers.ts';

/**
 * The origins that a token will admit: what the caller names, else `defaults`, always within the configured ones.
 * Throws `origin-not-allowed`.
 */
export function admittedOrigins(
  asked: readonly string[] | undefined,
  defaults: readonly string[],
  configured: readonly string[],
): readonly string[] {
  // Normalised leniently: what is allowed is for the configured list to say, which was checked strictly.
  const named = asked?.map((text) => parseOrigin(text, true) ?? text);
  const allowed = (origin: string): boolean => configured.includes(origin);
  if (named && !named.every(allowed)) {
    throw new Problem('origin-not-allowed', 'Send only origins that the administrator listed in ALLOWED_ORIGINS.');
  }
  const origins = [...new Set(named ?? defaults.filter(allowed))];
  if (origins.length > 0) return origins;
  throw new Problem('origin-not-allowed', "The guest's origins are no longer allowed; send allowedOrigins.");
}
