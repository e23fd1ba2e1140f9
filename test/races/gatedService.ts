import { openTable, type Table } from '../../lib/azure/tables.ts';
import { openVault } from '../../lib/azure/vault.ts';
import { Guests } from '../../lib/guests/guests.ts';
import { GuestTable, guestTableName } from '../../lib/guests/guestTable.ts';
import { MeetingIndex, meetingIndexTableName } from '../../lib/guests/meetingIndex.ts';
import { indexEntryNeededUntil, purgeExpired, type PurgeResult } from '../../lib/guests/purge.ts';
import type { GuestDependencies } from '../../lib/guests/tokenRow.ts';
import type { MeetingPlatform } from '../../lib/platforms/platform.ts';
import { KeyRing } from '../../lib/sealing/keyRing.ts';
import { readSettings } from '../../lib/settings.ts';
import { platformOf } from '../support/platforms.ts';
import type { TestCloud } from '../support/testCloud.ts';
import { Gates, gated } from './gates.ts';

/** The guests of one process on the real parts, wired as `lib/service.ts` does it, with gates between them. */
export interface GatedService extends Pick<Guests, 'issue' | 'rejoin' | 'remove'> {
  readonly search: Pick<Guests, 'get' | 'inMeeting'>;
  readonly purge: () => Promise<PurgeResult>;
  /** Calls are named `guests.*`, `index.*`, `platform.*`, and `purgedGuests.call`, `purgedIndex.call`. */
  readonly gates: Gates;
  readonly deps: GuestDependencies;
}

interface GatedServiceOptions {
  /** Default: the Trusted Application API, which keeps no identity in the row; `ucwa` replaces one with each answer. */
  readonly platform?: 'trusted-application' | 'ucwa' | MeetingPlatform;
  /** A connection string other than the cloud's own. */
  readonly tables?: string;
}

/** Several services of one cloud are several processes: they share nothing but the servers. */
export function gatedService(
  cloud: TestCloud,
  now: () => number = Date.now,
  { platform = 'trusted-application', tables }: GatedServiceOptions = {},
): GatedService {
  const settings = readSettings({
    ...cloud.environment,
    ...(typeof platform === 'string' && { MEETING_PLATFORMS: platform }),
    ...(tables && { TABLES_CONNECTION_STRING: tables }),
  });
  const gates = new Gates();
  const readSecret = openVault(settings);
  const joined = typeof platform === 'string' ? platformOf(settings, platform, { readSecret, now }) : platform;

  const table = (name: string): Table => openTable(settings, name);
  const deps: GuestDependencies = {
    guests: gated('guests', new GuestTable(table(guestTableName)), gates),
    index: gated('index', new MeetingIndex(table(meetingIndexTableName)), gates),
    ring: new KeyRing({ read: async () => (await readSecret(settings.guestKeysSecretName)).value, now }),
    platforms: [gated('platform', joined, gates)],
    allowedOrigins: settings.allowedOrigins,
    retentionHours: settings.guestRetentionHours,
    now,
  };
  const guests = new Guests(deps);
  const purgedGuests = gated('purgedGuests', table(guestTableName), gates);
  const purgedIndex = gated('purgedIndex', table(meetingIndexTableName), gates);
  return {
    gates,
    deps,
    issue: (request, signal) => guests.issue(request, signal),
    rejoin: (request, signal) => guests.rejoin(request, signal),
    remove: (guestId, caller) => guests.remove(guestId, caller),
    search: guests,
    purge: () =>
      purgeExpired({
        tables: [
          { name: guestTableName, table: purgedGuests },
          {
            name: meetingIndexTableName,
            table: purgedIndex,
            neededUntil: (entry) => indexEntryNeededUntil(deps, entry),
          },
        ],
        now,
      }),
  };
}

/** A request's time limit that never comes. */
export function noLimit(): AbortSignal {
  return new AbortController().signal;
}
