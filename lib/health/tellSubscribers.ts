import type { HostRule } from '../hostRules.ts';
import { parseWebhookUrl, webhookTimeoutMs, type WebhookOutcome, type WebhookOutlet } from '../net/webhookOutlet.ts';
import type { KeyRing } from '../sealing/keyRing.ts';
import { open } from '../sealing/sealing.ts';
import { changeOf, type Run } from './change.ts';
import { callbackPlace } from './subscriptions.ts';
import type { StoredSubscription, SubscriptionTable } from './subscriptionTable.ts';
import type { Verdict } from './verdict.ts';

export interface TellSubscribersOptions {
  readonly subscriptions: SubscriptionTable;
  readonly ring: KeyRing;
  /** Hosts that a callback URL may name today, whenever it was subscribed. */
  readonly webhookHosts: readonly HostRule[];
  readonly postToWebhook: WebhookOutlet;
}

const triedForMs = 24 * 60 * 60_000;

/**
 * Posts to every subscriber who knows another verdict than the one that has been told. What each one knows stands in its
 * row, so a run that died, a post that failed and a verdict that went to and fro are all made up for by the next run. Who
 * cannot be told for a day is left out of this change; who is gone is deleted. A post is claimed under the row's ETag, so
 * of runs side by side one posts.
 */
export function createTellSubscribers(options: TellSubscribersOptions) {
  const { subscriptions, ring, webhookHosts, postToWebhook } = options;

  const post = async (run: Run, { subscriptionId, sealed, told }: StoredSubscription): Promise<WebhookOutcome> => {
    try {
      const callbackUrl = parseWebhookUrl(await open(ring, callbackPlace(subscriptionId), sealed), webhookHosts);
      return callbackUrl ? await postToWebhook(callbackUrl, changeOf(run, told)) : 'refused';
    } catch {
      // The key that it was sealed with is gone, and may come back.
      return 'unreachable';
    }
  };

  const tell = async (run: Run, known: StoredSubscription): Promise<void> => {
    const { told, claimedAt, failingSince, ...row } = known;
    if (claimedAt && run.endedAt.getTime() - claimedAt.getTime() < 2 * webhookTimeoutMs) return;
    const claimed = await subscriptions.replace({ ...known, claimedAt: run.endedAt }, known.etag);
    if (!claimed) return;
    const outcome = await post(run, known);
    const since = failingSince ?? run.endedAt;
    const isGivenUp = run.endedAt.getTime() - since.getTime() >= triedForMs;
    if (outcome === 'gone') await subscriptions.delete(known.subscriptionId, claimed.etag);
    else if (outcome === 'taken' || isGivenUp) await subscriptions.replace({ ...row, told: run.verdict }, claimed.etag);
    else await subscriptions.replace({ ...row, told, failingSince: since }, claimed.etag);
  };

  /** @param told the verdict that the world knows: a run that sees another one does not confirm it yet. */
  return async (run: Run, told: Verdict): Promise<void> => {
    if (run.verdict !== told) return;
    const behind = (await subscriptions.list()).filter((known) => known.told !== told);
    await Promise.all(behind.map((known) => tell(run, known)));
  };
}
