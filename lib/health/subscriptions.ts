import { createHash } from 'node:crypto';
import type { HostRule } from '../hostRules.ts';
import { parseWebhookUrl } from '../net/webhookOutlet.ts';
import { Problem } from '../problem.ts';
import type { KeyRing } from '../sealing/keyRing.ts';
import { seal, type SealedPlace } from '../sealing/sealing.ts';
import type { CallerId } from '../settings/callers.ts';
import type { HealthTable } from './healthTable.ts';
import {
  subscriptionPartition,
  subscriptionTableName,
  type Subscription,
  type SubscriptionTable,
} from './subscriptionTable.ts';

export interface SubscriptionsOptions {
  readonly subscriptions: SubscriptionTable;
  readonly health: Pick<HealthTable, 'readAnnouncement'>;
  readonly ring: KeyRing;
  /** Hosts that a callback URL may name. */
  readonly webhookHosts: readonly HostRule[];
  /** Origin of our own URLs, which `Location` begins with; never taken from a request. */
  readonly publicBaseUrl: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const mostSubscriptions = 50;

/** Who is told of changes of the health verdict. */
export function createSubscriptions(options: SubscriptionsOptions) {
  const { subscriptions, health, ring, webhookHosts, publicBaseUrl, now } = options;

  return {
    /**
     * Subscribes a callback URL; again with the same one gives the same subscription. Throws `callback-not-allowed`,
     * `too-many-subscriptions`.
     */
    async subscribe(callbackUrl: string, caller: CallerId = ''): Promise<Subscription & { location: string }> {
      if (publicBaseUrl === undefined) {
        throw new Problem(
          'configuration-invalid',
          'Set PUBLIC_BASE_URL: subscribers are told a URL to unsubscribe at.',
        );
      }
      if (!parseWebhookUrl(callbackUrl, webhookHosts)) throw notAllowed();
      const subscriptionId = createHash('sha256')
        .update(['subscription', caller, callbackUrl].join('\n'))
        .digest('base64url');
      const location = `${publicBaseUrl}/api/v1/health-subscriptions/${subscriptionId}`;
      const known = await subscriptions.read(subscriptionId);
      const sealed = await seal(ring, callbackPlace(subscriptionId), callbackUrl);
      if (known) {
        // The key of the first time may be gone, and with it the way to the subscriber.
        await subscriptions.replace({ ...known, sealed }, known.etag);
        return { ...known, location };
      }
      const announced = await health.readAnnouncement();
      const row = await subscriptions.put({
        subscriptionId,
        ...(caller && { owner: caller }),
        sealed,
        createdAt: new Date(now()),
        told: announced?.told ?? 'pass',
      });
      // Counted afterwards: of several at once no more than the limit stay, though it may be fewer.
      if ((await subscriptions.list()).length <= mostSubscriptions) return { ...row, location };
      await subscriptions.delete(subscriptionId, row.etag);
      throw new Problem('too-many-subscriptions', `End one of the ${mostSubscriptions} subscriptions first.`);
    },

    /** Ends a subscription of the caller's; throws `subscription-not-found`. */
    async unsubscribe(subscriptionId: string, caller: CallerId = ''): Promise<{ removedAt: Date }> {
      const known = await subscriptions.read(subscriptionId);
      if (!known || (known.owner ?? '') !== caller) throw notFound();
      await subscriptions.delete(subscriptionId, '*');
      return { removedAt: new Date(now()) };
    },
  };
}

/** Where a subscription's callback URL is sealed. */
export function callbackPlace(subscriptionId: string): SealedPlace {
  return {
    table: subscriptionTableName,
    partitionKey: subscriptionPartition,
    rowKey: subscriptionId,
    column: 'sealed',
  };
}

function notAllowed(): Problem {
  return new Problem(
    'callback-not-allowed',
    'Send an https URL on a host that the administrator listed in WEBHOOK_HOSTS.',
  );
}

function notFound(): Problem {
  return new Problem('subscription-not-found', 'It has ended already, or never was.');
}
