import type { HostRule } from '../hostRules.ts';
import { parseWebhookUrl, type WebhookOutcome, type WebhookOutlet } from '../net/webhookOutlet.ts';
import type { KeyRing } from '../sealing/keyRing.ts';
import { isSealedByNewest, open, seal } from '../sealing/sealing.ts';
import type { Told } from './announcer.ts';
import { changeOf, type Run } from './change.ts';
import { callbackPlace } from './subscriptions.ts';
import type { StoredSubscription, SubscriptionTable } from './subscriptionTable.ts';

export interface TellSubscribersOptions {
  readonly subscriptions: SubscriptionTable;
  readonly ring: KeyRing;
  /** Hosts that a callback URL may name today, whenever it was subscribed. */
  readonly webhookHosts: readonly HostRule[];
  readonly postToWebhook: WebhookOutlet;
}

const triedForMs = 24 * 60 * 60_000;
/** A claim older than this is nobody's any more: the longest time from a run's end to that of its posts is about half. */
const claimLapsesMs = 60_000;

/**
 * Posts to every subscriber who knows another verdict than the one that has been told. What each one knows stands in its
 * row, so a run that died, a post that failed and a verdict that went to and fro are all made up for by the next run. Who
 * cannot be told for a day is left out of this change; who is gone is deleted. A post is claimed under the row's ETag, so
 * of runs side by side one posts.
 */
export function createTellSubscribers(options: TellSubscribersOptions) {
  const { subscriptions, ring, webhookHosts, postToWebhook } = options;

  const callbackUrlOf = ({ subscriptionId, sealed }: StoredSubscription): Promise<string> =>
    open(ring, callbackPlace(subscriptionId), sealed);

  const post = async (run: Run, known: StoredSubscription): Promise<WebhookOutcome> => {
    try {
      const callbackUrl = parseWebhookUrl(await callbackUrlOf(known), webhookHosts);
      return callbackUrl ? await postToWebhook(callbackUrl, changeOf(run, known.told)) : 'refused';
    } catch {
      // The key that it was sealed with is gone, and may come back.
      return 'unreachable';
    }
  };

  const tell = async (run: Run, toldAt: Date | undefined, known: StoredSubscription): Promise<void> => {
    const { claimedAt, ...row } = known;
    if (claimedAt && run.endedAt.getTime() - claimedAt.getTime() < claimLapsesMs) return;
    const claimed = await subscriptions.replace({ ...row, claimedAt: run.endedAt }, known.etag);
    if (!claimed) return;
    const outcome = await post(run, known);
    const isGivenUp = toldAt !== undefined && run.endedAt.getTime() - toldAt.getTime() >= triedForMs;
    if (outcome === 'gone') await subscriptions.delete(known.subscriptionId, claimed.etag);
    else if (outcome === 'taken' || isGivenUp) await subscriptions.replace({ ...row, told: run.verdict }, claimed.etag);
    else await subscriptions.replace(row, claimed.etag);
  };

  /** Subscriptions outlive the ring's keys, of which an old one is dropped when the guests whom it sealed are forgotten. */
  const sealByNewest = async (known: StoredSubscription): Promise<void> => {
    try {
      if (await isSealedByNewest(ring, known.sealed)) return;
      const sealed = await seal(ring, callbackPlace(known.subscriptionId), await callbackUrlOf(known));
      await subscriptions.replace({ ...known, sealed }, known.etag);
    } catch {
      // The next run tries again.
    }
  };

  /** @param told the verdict that the world knows: a run that sees another one does not confirm it yet. */
  return async (run: Run, told: Told): Promise<void> => {
    if (run.verdict !== told.verdict) return;
    const outcomes = await Promise.allSettled(
      (await subscriptions.list()).map((known) =>
        known.told === told.verdict ? sealByNewest(known) : tell(run, told.at, known),
      ),
    );
    // Not before all have ended: nobody is left out because of another one's row.
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  };
}
