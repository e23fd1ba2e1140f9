import type { GuestPlace } from '../operations.ts';

/** What a path asks for below the resource that applications are created at. */
export interface Place {
  readonly place: GuestPlace;
  /** Empty at that resource itself. */
  readonly applicationId: string;
  /** Behind the id, in lower case, without slashes at its ends. */
  readonly below: string;
}

/** Reads a path, which the servers take in any letter case; undefined if it leads elsewhere. */
export function readPlace(path: string, applicationsPath: string): Place | undefined {
  const [wanted, root] = [path.toLowerCase().replace(/\/$/, ''), applicationsPath.toLowerCase()];
  if (wanted !== root && !wanted.startsWith(`${root}/`)) return undefined;
  const [applicationId = '', ...rest] = wanted.slice(root.length + 1).split('/');
  const below = rest.join('/');
  if (applicationId === '') return { place: 'applications', applicationId, below };
  return { place: places.get(below) ?? 'application', applicationId, below };
}

const places = new Map<string, GuestPlace>([
  ['events', 'events'],
  ['communication/onlinemeetinginvitations', 'join'],
]);
