import type { Join, MeetingPlatform, PlatformGuest } from '../platforms/platform.ts';
import type { GuestRow, GuestTable } from './guestTable.ts';
import type { KeyRing } from '../sealing/keyRing.ts';
import type { MeetingIndex } from './meetingIndex.ts';

/** What admitting guests needs of the service: the tables, the ring, the platforms and the settings of a process. */
export interface AdmissionOptions {
  readonly guests: GuestTable;
  readonly index: MeetingIndex;
  readonly ring: KeyRing;
  readonly platforms: readonly MeetingPlatform[];
  /** Origins that a token may admit at all. */
  readonly allowedOrigins: readonly string[];
  readonly retentionHours: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A guest's token, and the row as it stands with it. */
export interface Admitted {
  readonly guest: PlatformGuest;
  readonly row: GuestRow;
  readonly join: Join;
}

/** The value of a settled step, or its rejection thrown. */
export function settledValue<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'fulfilled') return result.value;
  throw result.reason;
}
