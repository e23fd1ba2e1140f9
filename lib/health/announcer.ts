import { webhookTimeoutMs, type WebhookOutlet } from '../net/webhookOutlet.ts';
import { changeOf, type HealthChange, type Run } from './change.ts';
import type { HealthTable, StoredAnnouncement } from './healthTable.ts';
import type { HistoryTable } from './historyTable.ts';
import type { Verdict } from './verdict.ts';

export interface AnnouncerOptions {
  readonly table: HealthTable;
  readonly history: Pick<HistoryTable, 'rememberChange'>;
  /** Where changes are posted to; undefined: they are only logged. */
  readonly webhookUrl: URL | undefined;
  readonly postToWebhook: WebhookOutlet;
}

/** The verdict that the world knows. */
export interface Told {
  readonly verdict: Verdict;
  /** Since when; undefined before the first change. */
  readonly at: Date | undefined;
}

/** A change to tell: from which verdict, when it was confirmed, and the tag of the row that knows of it. */
interface Telling {
  readonly previous: Verdict;
  readonly toldAt: Date | undefined;
  readonly etag: string;
}

/**
 * Tells a change of verdict once. It takes two runs, one after the other, to confirm it; the change is claimed under
 * the row's ETag, so of runs side by side one tells. A post that failed is made up for by the next run.
 */
export function createAnnouncer({ table, history, webhookUrl, postToWebhook }: AnnouncerOptions) {
  const post = async (change: HealthChange): Promise<boolean> =>
    !webhookUrl || (await postToWebhook(webhookUrl, change)) === 'taken';

  /** Claims the change under the row's tag, so that nobody else posts it meanwhile, and posts it. */
  const tell = async (run: Run, { previous, toldAt, etag }: Telling, log?: (change: HealthChange) => void) => {
    const told = run.verdict;
    const claimed = await table.writeAnnouncement({ told, toldAt, previous, claimedAt: run.endedAt }, etag);
    if (!claimed) return false;
    const change = changeOf(run, previous);
    log?.(change);
    await history.rememberChange({ ...change, at: toldAt ?? run.endedAt });
    if (await post(change)) await table.writeAnnouncement({ told, toldAt }, claimed.etag);
    return true;
  };

  /** A post to make up for, or a candidate that did not last. */
  const confirmTold = async (run: Run, stored: StoredAnnouncement) => {
    const { told, toldAt, previous, claimedAt, candidate, etag } = stored;
    // Claimed less than a time-out ago, the post may still be on its way from a run beside this one.
    const overdue = claimedAt && run.startedAt.getTime() - claimedAt.getTime() >= webhookTimeoutMs;
    if (previous && overdue) await tell(run, { previous, toldAt, etag });
    else if (candidate) await table.writeAnnouncement({ told, toldAt, previous, claimedAt }, etag);
  };

  /** @param log takes the change as soon as it is claimed. Answers the verdict that has been told, now or before. */
  return async (run: Run, log: (change: HealthChange) => void): Promise<Told> => {
    const stored = await table.readAnnouncement();
    const { told = 'pass', toldAt, previous, claimedAt, candidate, candidateAt } = stored ?? {};
    const known = { verdict: told, at: toldAt };
    const { verdict, startedAt, endedAt } = run;
    if (verdict === told) {
      if (stored) await confirmTold(run, stored);
      return known;
    }
    if (stored && candidate === verdict && candidateAt && candidateAt <= startedAt) {
      const change = { previous: told, toldAt: endedAt, etag: stored.etag };
      return (await tell(run, change, log)) ? { verdict, at: endedAt } : known;
    }
    const next = { told, toldAt, previous, claimedAt, candidate: verdict, candidateAt: endedAt };
    await table.writeAnnouncement(next, stored?.etag);
    return known;
  };
}
