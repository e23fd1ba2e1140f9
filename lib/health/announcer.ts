import type { Transport } from '../net/transport.ts';
import type { HealthTable, StoredAnnouncement } from './healthTable.ts';
import { checkVerdict, type Check, type Verdict } from './verdict.ts';

/** A change of verdict, as it is logged and posted. */
export interface HealthChange {
  readonly event: 'discovery-health-changed';
  readonly status: Verdict;
  readonly previous: Verdict;
  readonly checkedAt: string;
  readonly checks: readonly { name: string; status: Verdict; failing?: string; action?: string }[];
}

/** One run of the checks. */
export interface Run {
  readonly verdict: Verdict;
  readonly checks: readonly Check[];
  readonly startedAt: Date;
  readonly endedAt: Date;
}

export interface AnnouncerOptions {
  readonly table: HealthTable;
  /** Where changes are posted to; undefined: they are only logged. */
  readonly webhookUrl: URL | undefined;
  readonly transport: Transport;
}

const webhookTimeoutMs = 5_000;

/**
 * Tells a change of verdict once. It takes two runs, one after the other, to confirm it; the change is claimed under
 * the row's ETag, so of runs side by side one tells. A post that failed is made up for by the next run.
 */
export function createAnnouncer({ table, webhookUrl, transport }: AnnouncerOptions) {
  const post = async (change: HealthChange): Promise<boolean> => {
    if (!webhookUrl) return true;
    try {
      const answer = await transport(
        {
          method: 'POST',
          url: webhookUrl,
          headers: { 'content-type': 'application/json; charset=utf-8' },
          body: JSON.stringify(change),
        },
        AbortSignal.timeout(webhookTimeoutMs),
      );
      return answer.status >= 200 && answer.status < 300;
    } catch {
      return false;
    }
  };

  const deliver = async (claimed: StoredAnnouncement, change: HealthChange): Promise<void> => {
    if (await post(change)) await table.writeAnnouncement({ told: claimed.told, delivered: true }, claimed.etag);
  };

  /** @param log takes the change as soon as it is claimed. */
  return async (run: Run, log: (change: HealthChange) => void): Promise<void> => {
    const stored = await table.readAnnouncement();
    const told = stored?.told ?? 'pass';
    const { verdict } = run;

    if (verdict === told) {
      if (!stored || (stored.delivered && !stored.candidate)) return;
      // Either a candidate that did not last, or a post to make up for: both begin with a claim.
      const claimed = await table.writeAnnouncement({ told, delivered: stored.delivered }, stored.etag);
      if (claimed && !claimed.delivered) await deliver(claimed, changeOf(run, told));
      return;
    }
    const confirmed = stored?.candidate === verdict && stored.candidateAt && stored.candidateAt <= run.startedAt;
    if (!confirmed) {
      const delivered = stored?.delivered ?? true;
      await table.writeAnnouncement({ told, delivered, candidate: verdict, candidateAt: run.endedAt }, stored?.etag);
      return;
    }
    const claimed = await table.writeAnnouncement({ told: verdict, delivered: false }, stored.etag);
    if (!claimed) return;
    const change = changeOf(run, told);
    log(change);
    await deliver(claimed, change);
  };
}

function changeOf({ verdict, checks, endedAt }: Run, previous: Verdict): HealthChange {
  return {
    event: 'discovery-health-changed',
    status: verdict,
    previous,
    checkedAt: endedAt.toISOString(),
    checks: checks.map((check) => {
      const bad = check.steps.find(({ outcome }) => outcome !== 'pass');
      return {
        name: check.name,
        status: checkVerdict(check),
        ...(bad && { failing: bad.name }),
        ...(bad?.action && { action: bad.action }),
      };
    }),
  };
}
