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

  /** Claims the change under the row's tag, so that nobody else posts it meanwhile, and posts it. */
  const tell = async (run: Run, previous: Verdict, etag: string, log?: (change: HealthChange) => void) => {
    const told = run.verdict;
    const claimed = await table.writeAnnouncement({ told, previous, claimedAt: run.endedAt }, etag);
    if (!claimed) return;
    const change = changeOf(run, previous);
    log?.(change);
    if (await post(change)) await table.writeAnnouncement({ told }, claimed.etag);
  };

  /** A post to make up for, or a candidate that did not last. */
  const confirmTold = async (run: Run, { told, previous, claimedAt, candidate, etag }: StoredAnnouncement) => {
    // Claimed less than a time-out ago, the post may still be on its way from a run beside this one.
    const overdue = claimedAt && run.startedAt.getTime() - claimedAt.getTime() >= webhookTimeoutMs;
    if (previous && overdue) await tell(run, previous, etag);
    else if (candidate) await table.writeAnnouncement({ told, previous, claimedAt }, etag);
  };

  /** @param log takes the change as soon as it is claimed. */
  return async (run: Run, log: (change: HealthChange) => void): Promise<void> => {
    const stored = await table.readAnnouncement();
    const { told = 'pass', previous, claimedAt, candidate, candidateAt } = stored ?? {};
    const { verdict, startedAt, endedAt } = run;
    if (verdict === told) {
      if (stored) await confirmTold(run, stored);
    } else if (stored && candidate === verdict && candidateAt && candidateAt <= startedAt) {
      await tell(run, told, stored.etag, log);
    } else {
      const next = { told, previous, claimedAt, candidate: verdict, candidateAt: endedAt };
      await table.writeAnnouncement(next, stored?.etag);
    }
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
