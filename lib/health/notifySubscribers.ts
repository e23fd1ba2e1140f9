import type { HostRule } from '../hostRules.ts';
import { parseWebhookUrl, type WebhookOutcome, type WebhookOutlet } from '../net/webhookOutlet.ts';
import type { KeyRing } from '../sealing/keyRing.ts';
import { isSealedByNewest, open, seal } from '../sealing/sealing.ts';
import { changeOf, type Notified, type Run } from './notifyChange.ts';
import { callbackPlace, subscriptionRange, type StoredSubscription, type SubscriptionRows } from './subscriptions.ts';

/** What a notification of the subscribers needs. */
export interface SubscriberNotifier {
  readonly subscriptions: SubscriptionRows;
  readonly ring: KeyRing;
  /** Hosts that a callback URL may name today, whenever it was subscribed. */
  readonly webhookHosts: readonly HostRule[];
  readonly postToWebhook: WebhookOutlet;
}

const triedForMs = 24 * 60 * 60_000;
/** An older claim is left from a run that died: the longest time from a run's end to the end of its posts is about half. */
const claimLapsesMs = 60_000;

/**
 * Posts to every subscriber whose row has another status than the one that was notified. Because the row says what the
 * subscriber was notified of last, the next run makes up for a run that died, a post that failed, and a status that
 * changed back. A subscriber that takes no post for 24 hours is left out of this change; one that answers 404 or 410 is
 * deleted. A post is claimed under the row's ETag, so that one of several runs at the same time posts it.
 * @param notified the status that was notified last; a run that found another one does not confirm it yet
 */
export async function notifySubscribers(notifier: SubscriberNotifier, run: Run, notified: Notified): Promise<void> {
  if (run.status !== notified.status) return;
  const subscriptions = await notifier.subscriptions.list(subscriptionRange);
  const outcomes = await Promise.allSettled(
    subscriptions.map((known) =>
      known.notified === notified.status
        ? sealByNewest(notifier, known)
        : notify(notifier, run, { known, notifiedAt: notified.at }),
    ),
  );
  // Thrown after all have ended, so that one row that cannot be written keeps nobody else from being notified.
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

async function notify(
  notifier: SubscriberNotifier,
  run: Run,
  { known, notifiedAt }: { known: StoredSubscription; notifiedAt: Date | undefined },
): Promise<void> {
  const { subscriptions } = notifier;
  const { claimedAt, ...row } = known;
  if (claimedAt && run.endedAt.getTime() - claimedAt.getTime() < claimLapsesMs) return;
  const claimed = await subscriptions.replace(known, { ...row, claimedAt: run.endedAt }, known.etag);
  if (!claimed) return;
  const outcome = await post(notifier, run, known);
  const isGivenUp = notifiedAt !== undefined && run.endedAt.getTime() - notifiedAt.getTime() >= triedForMs;
  if (outcome === 'gone') await subscriptions.delete(known, claimed.etag);
  else {
    const next = outcome === 'taken' || isGivenUp ? { ...row, notified: run.status } : row;
    await subscriptions.replace(known, next, claimed.etag);
  }
}

async function post(notifier: SubscriberNotifier, run: Run, known: StoredSubscription): Promise<WebhookOutcome> {
  const { webhookHosts, postToWebhook } = notifier;
  try {
    const callbackUrl = parseWebhookUrl(await callbackUrlOf(notifier, known), webhookHosts);
    return callbackUrl ? await postToWebhook(callbackUrl, changeOf(run, known.notified)) : 'refused';
  } catch {
    // The key that the URL was sealed with is gone, and may come back.
    return 'unreachable';
  }
}

/** Subscriptions outlive the keys of the ring: an old key is dropped when no guest is sealed with it any more. */
async function sealByNewest(notifier: SubscriberNotifier, known: StoredSubscription): Promise<void> {
  const { subscriptions, ring } = notifier;
  try {
    if (await isSealedByNewest(ring, known.sealed)) return;
    const sealed = await seal(ring, callbackPlace(known.rowKey), await callbackUrlOf(notifier, known));
    await subscriptions.replace(known, { ...known, sealed }, known.etag);
  } catch {
    // The next run tries again.
  }
}

function callbackUrlOf({ ring }: SubscriberNotifier, { rowKey, sealed }: StoredSubscription): Promise<string> {
  return open(ring, callbackPlace(rowKey), sealed);
}
