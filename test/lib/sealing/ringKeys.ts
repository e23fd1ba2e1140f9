import { createHash } from 'node:crypto';
import { KeyRing } from '../../../lib/sealing/keyRing.ts';

/** A line of the ring's secret, always the same for one name. */
export function ringLine(kid: string, material = kid): string {
  return `${kid}.${createHash('sha256').update(`test key ${material}`).digest('base64')}`;
}

/** A ring over a secret that never changes. */
export function fixedRing(...lines: string[]): KeyRing {
  return new KeyRing({ read: () => Promise.resolve(lines.join('\n')) });
}
