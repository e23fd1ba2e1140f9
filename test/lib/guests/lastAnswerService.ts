import { openTable } from '../../../lib/azure/tables.ts';
import { openVault } from '../../../lib/azure/vault.ts';
import type { AdmissionOptions } from '../../../lib/guests/admission.ts';
import { createGuestTable, guestTableName } from '../../../lib/guests/guestTable.ts';
import { createIssue } from '../../../lib/guests/issue.ts';
import { createKeyRing } from '../../../lib/sealing/keyRing.ts';
import { createMeetingIndex, meetingIndexTableName } from '../../../lib/guests/meetingIndex.ts';
import { createRejoin, type Rejoin } from '../../../lib/guests/rejoin.ts';
import { createRemoval } from '../../../lib/guests/removal.ts';
import { readSettings } from '../../../lib/settings.ts';
import { Gates, gated } from '../../races/gates.ts';
import { platformOf } from '../../support/platforms.ts';
import type { TestCloud } from '../../support/testCloud.ts';

/** One process that admits guests to a `replaced` platform, with gates between its parts. */
export interface LastAnswerService extends Pick<Rejoin, 'rejoin'> {
  readonly issue: ReturnType<typeof createIssue>;
  readonly remove: ReturnType<typeof createRemoval>;
  /** Calls are named `guests.*` and `platform.*`. */
  readonly gates: Gates;
  readonly admission: AdmissionOptions;
}

/** Several services of one cloud are several processes. @param tables default: the cloud's own. */
export function lastAnswerService(cloud: TestCloud, now: () => number, tables?: string): LastAnswerService {
  const settings = readSettings({
    ...cloud.environment,
    MEETING_PLATFORMS: 'ucwa',
    ...(tables && { TABLES_CONNECTION_STRING: tables }),
  });
  const gates = new Gates();
  const readSecret = openVault(settings);
  const admission: AdmissionOptions = {
    guests: gated('guests', createGuestTable(openTable(settings, guestTableName)), gates),
    index: createMeetingIndex(openTable(settings, meetingIndexTableName)),
    ring: createKeyRing({ read: async () => (await readSecret(settings.guestKeysSecretName)).value, now }),
    platforms: [gated('platform', platformOf(settings, 'ucwa', { readSecret, now }), gates)],
    allowedOrigins: settings.allowedOrigins,
    retentionHours: settings.guestRetentionHours,
    now,
  };
  const rejoining = createRejoin(admission);
  return {
    gates,
    admission,
    issue: createIssue(admission, rejoining),
    rejoin: rejoining.rejoin,
    remove: createRemoval(admission),
  };
}
