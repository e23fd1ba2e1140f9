import type { Service } from '../../lib/service.ts';
import { openTable, type Table } from '../../lib/azure/tables.ts';
import { openVault } from '../../lib/azure/vault.ts';
import type { AdmissionOptions } from '../../lib/guests/admission.ts';
import { createGuestTable, guestTableName } from '../../lib/guests/guestTable.ts';
import { createIssue } from '../../lib/guests/issue.ts';
import { createKeyRing } from '../../lib/sealing/keyRing.ts';
import { createMeetingIndex, meetingIndexTableName } from '../../lib/guests/meetingIndex.ts';
import { indexEntryNeededUntil, purgeExpired } from '../../lib/guests/purge.ts';
import { createRejoin } from '../../lib/guests/rejoin.ts';
import { createRemoval } from '../../lib/guests/removal.ts';
import { createSearch } from '../../lib/guests/search.ts';
import { readSettings } from '../../lib/settings.ts';
import { platformOf } from '../support/platforms.ts';
import type { TestCloud } from '../support/testCloud.ts';
import { Gates, gated } from './gates.ts';

/** The guests' use cases of one process on the real parts, wired as `lib/service.ts` does it, with gates between them. */
export interface GatedService extends Pick<Service, 'issue' | 'rejoin' | 'remove' | 'search' | 'purge'> {
  /** Calls are named `guests.*`, `index.*`, `platform.*`, and `purgedGuests.call`, `purgedIndex.call`. */
  readonly gates: Gates;
  readonly admission: AdmissionOptions;
}

/** Several services of one cloud are several processes: they share nothing but the servers. */
export function gatedService(cloud: TestCloud, now: () => number = Date.now): GatedService {
  const settings = readSettings(cloud.environment);
  const gates = new Gates();
  const readSecret = openVault(settings);
  const platform = platformOf(settings, 'trusted-application', { readSecret, now });
  const table = (name: string): Table => openTable(settings, name);

  const guests = gated('guests', createGuestTable(table(guestTableName)), gates);
  const admission: AdmissionOptions = {
    guests,
    index: gated('index', createMeetingIndex(table(meetingIndexTableName)), gates),
    ring: createKeyRing({ read: async () => (await readSecret(settings.guestKeysSecretName)).value, now }),
    platforms: [gated('platform', platform, gates)],
    allowedOrigins: settings.allowedOrigins,
    retentionHours: settings.guestRetentionHours,
    now,
  };
  const rejoining = createRejoin(admission);
  const purgedGuests = gated('purgedGuests', table(guestTableName), gates);
  const purgedIndex = gated('purgedIndex', table(meetingIndexTableName), gates);
  return {
    gates,
    admission,
    issue: createIssue(admission, rejoining),
    rejoin: rejoining.rejoin,
    remove: createRemoval(admission),
    search: createSearch(admission),
    purge: () =>
      purgeExpired({
        tables: [
          { name: guestTableName, table: purgedGuests },
          { name: meetingIndexTableName, table: purgedIndex, neededUntil: indexEntryNeededUntil(guests, now) },
        ],
        now,
      }),
  };
}

/** A request's time limit that never comes. */
export function noLimit(): AbortSignal {
  return new AbortController().signal;
}
