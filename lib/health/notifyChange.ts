import { webhookTimeoutMs, type WebhookOutlet } from '../net/webhookOutlet.ts';
import type { HealthTable, PastChange, StoredNotification } from './healthTable.ts';
import { checkStatus, type Check, type Status } from './status.ts';

/** A change of status, as it is logged and posted. */
export interface HealthChange extends Omit<PastChange, 'at'> {
  readonly event: 'discovery-health-changed';
  readonly checkedAt: string;
}

/** One run of the checks. */
export interface Run {
  readonly status: Status;
  readonly checks: readonly Check[];
  readonly startedAt: Date;
  readonly endedAt: Date;
}

/** The status that was notified last. */
export interface Notified {
  readonly status: Status;
  /** Since when; undefined before the first change. */
  readonly at: Date | undefined;
}

/** What a notification of the administrator needs. */
export interface ChangeNotifier {
  readonly table: HealthTable;
  /** Where changes are posted to; undefined: they are only logged. */
  readonly webhookUrl: URL | undefined;
  readonly postToWebhook: WebhookOutlet;
}

/**
 * Notifies the administrator once of a change of status. Two runs, one after the other, confirm a change. It is claimed
 * under the row's ETag, so that one of several runs at the same time posts it. When a post fails, the next run repeats it.
 * @param log takes the change as soon as it is claimed
 * @returns the status that has been notified, by this run or before
 */
export async function notifyChange(
  notifier: ChangeNotifier,
  run: Run,
  log: (change: HealthChange) => void,
): Promise<Notified> {
  const { table } = notifier;
  const stored = await table.readNotification();
  const { notified = 'pass', notifiedAt, previous, claimedAt, candidate, candidateAt } = stored ?? {};
  const known = { status: notified, at: notifiedAt };
  const { status, startedAt, endedAt } = run;
  if (status === notified) {
    if (stored) await finishNotification(notifier, run, stored);
    return known;
  }
  if (stored && candidate === status && candidateAt && candidateAt <= startedAt) {
    const claim = { previous: notified, notifiedAt: endedAt, etag: stored.etag, log };
    return (await claimAndPost(notifier, run, claim)) ? { status, at: endedAt } : known;
  }
  const next = { notified, notifiedAt, previous, claimedAt, candidate: status, candidateAt: endedAt };
  await table.writeNotification(next, stored?.etag);
  return known;
}

/** The change that was found by this run, as it is logged and posted to whoever knows `previous`. */
export function changeOf({ status, checks, endedAt }: Run, previous: Status): HealthChange {
  return {
    event: 'discovery-health-changed',
    status,
    previous,
    checkedAt: endedAt.toISOString(),
    checks: checks.map((check) => {
      const bad = check.steps.find(({ outcome }) => outcome !== 'pass');
      return {
        name: check.name,
        status: checkStatus(check),
        ...(bad && { failing: bad.name }),
        ...(bad?.action && { action: bad.action }),
      };
    }),
  };
}

/** Repeats a post that failed, or drops a candidate that the next run did not confirm. */
async function finishNotification(notifier: ChangeNotifier, run: Run, stored: StoredNotification): Promise<void> {
  const { notified, notifiedAt, previous, claimedAt, candidate, etag } = stored;
  // A post that was claimed less than a time-out ago may still be under way in another run.
  const isPostOver = claimedAt && run.startedAt.getTime() - claimedAt.getTime() >= webhookTimeoutMs;
  if (previous && isPostOver) await claimAndPost(notifier, run, { previous, notifiedAt, etag });
  else if (candidate) await notifier.table.writeNotification({ notified, notifiedAt, previous, claimedAt }, etag);
}

/** A change to post: from which status, when it was confirmed, and the ETag of the row as read. */
interface Claim {
  readonly previous: Status;
  readonly notifiedAt: Date | undefined;
  readonly etag: string;
  /** Left out where the change has been logged before. */
  readonly log?: (change: HealthChange) => void;
}

/** False if another run changed the row meanwhile. */
async function claimAndPost(notifier: ChangeNotifier, run: Run, claim: Claim): Promise<boolean> {
  const { table, webhookUrl, postToWebhook } = notifier;
  const { previous, notifiedAt, etag, log } = claim;
  const row = { notified: run.status, notifiedAt };
  const claimed = await table.writeNotification({ ...row, previous, claimedAt: run.endedAt }, etag);
  if (!claimed) return false;
  const change = changeOf(run, previous);
  log?.(change);
  await table.rememberChange({ ...change, at: notifiedAt ?? run.endedAt });
  const isTaken = !webhookUrl || (await postToWebhook(webhookUrl, change)) === 'taken';
  if (isTaken) await table.writeNotification(row, claimed.etag);
  return true;
}
