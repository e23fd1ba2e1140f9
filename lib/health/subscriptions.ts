import { createHash } from 'node:crypto';
import * as z from 'zod';
import { column, TypedRows, type RowKeys, type StoredRow } from '../azure/typedRows.ts';
import { functionKeyHolder, ownerOf, type Caller } from '../callers.ts';
import type { HostRule } from '../hostRules.ts';
import { parseWebhookUrl } from '../net/webhookOutlet.ts';
import { Problem } from '../problem.ts';
import type { KeyRing } from '../sealing/keyRing.ts';
import { seal, type SealedPlace } from '../sealing/sealing.ts';
import type { HealthTable } from './healthTable.ts';
import { statuses } from './status.ts';

export const subscriptionTableName = 'healthSubscriptions';
const subscriptionPartition = 'health';

/** A subscription to changes of status: PartitionKey `health`, RowKey the subscriptionId. */
export const subscriptionColumns = z.object({
  /** The application that subscribed; absent: the holders of function keys. */
  owner: z.string().optional(),
  /** The callback URL, sealed: whoever has it can start the subscriber's flow. */
  sealed: z.string(),
  createdAt: column.date,
  /** The status that the subscriber was notified of last; at first the one that holds when it subscribes. */
  notified: z.enum(statuses),
  /** When a run began to post another status; absent when that run has ended. */
  claimedAt: column.date.optional(),
});
export type SubscriptionRows = TypedRows<typeof subscriptionColumns>;
export type StoredSubscription = StoredRow<typeof subscriptionColumns>;

/** What a caller learns of a subscription. */
interface Subscription {
  readonly subscriptionId: string;
  readonly createdAt: Date;
  /** The URL that ends it. */
  readonly location: string;
}

/** What subscriptions stand on. */
interface SubscriptionsOptions {
  readonly rows: SubscriptionRows;
  readonly health: HealthTable;
  readonly ring: KeyRing;
  /** Hosts that a callback URL may name. */
  readonly webhookHosts: readonly HostRule[];
  /** Origin of our own URLs, which `location` begins with; never taken from a request. */
  readonly publicBaseUrl: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const mostSubscriptions = 50;

/** Who is notified of changes of status. */
export class Subscriptions {
  readonly #options: SubscriptionsOptions;

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
  }

  /**
   * Subscribes a callback URL. The same caller and URL again give the same subscription. Throws `callback-not-allowed`,
   * `too-many-subscriptions`, `configuration-invalid`.
   */
  async subscribe(callbackUrl: string, caller: Caller = functionKeyHolder): Promise<Subscription> {
    const { rows, health, ring, webhookHosts, publicBaseUrl, now } = this.#options;
    if (publicBaseUrl === undefined) {
      throw new Problem('configuration-invalid', 'Set PUBLIC_BASE_URL: subscribers get a URL to unsubscribe at.');
    }
    if (!parseWebhookUrl(callbackUrl, webhookHosts)) {
      throw new Problem(
        'callback-not-allowed',
        'Send an https URL on a host that the administrator listed in WEBHOOK_HOSTS.',
      );
    }
    const owner = ownerOf(caller);
    const subscriptionId = createHash('sha256')
      .update(['subscription', owner ?? '', callbackUrl].join('\n'))
      .digest('base64url');
    const keys = keysOf(subscriptionId);
    const location = `${publicBaseUrl}/api/v1/health-subscriptions/${subscriptionId}`;
    const known = await rows.read(keys);
    const sealed = await seal(ring, callbackPlace(subscriptionId), callbackUrl);
    if (known) {
      // The key of the first time may be gone, and with it the URL.
      await rows.replace(keys, { ...known, sealed }, known.etag);
      return { subscriptionId, createdAt: known.createdAt, location };
    }
    const notified = (await health.readNotification())?.notified ?? 'pass';
    const { createdAt, etag } = await rows.put(keys, { owner, sealed, createdAt: new Date(now()), notified });
    // Counted after the write: of several at once no more than the limit stay, though it may be fewer.
    if ((await rows.list(subscriptionRange)).length <= mostSubscriptions) {
      return { subscriptionId, createdAt, location };
    }
    await rows.delete(keys, etag);
    throw new Problem('too-many-subscriptions', `End one of the ${mostSubscriptions} subscriptions first.`);
  }

  /** Ends a subscription of the caller's; throws `subscription-not-found`. */
  async unsubscribe(subscriptionId: string, caller: Caller = functionKeyHolder): Promise<{ removedAt: Date }> {
    const { rows, now } = this.#options;
    const known = await rows.read(keysOf(subscriptionId));
    if (!known || known.owner !== ownerOf(caller)) {
      throw new Problem('subscription-not-found', 'It has ended already, or never was.');
    }
    await rows.delete(known, '*');
    return { removedAt: new Date(now()) };
  }
}

/** All subscriptions; there are about 50 at most. */
export const subscriptionRange = { partitionKey: subscriptionPartition };

/** Where a subscription's callback URL is sealed. */
export function callbackPlace(subscriptionId: string): SealedPlace {
  return { table: subscriptionTableName, ...keysOf(subscriptionId), column: 'sealed' };
}

function keysOf(subscriptionId: string): RowKeys {
  return { partitionKey: subscriptionPartition, rowKey: subscriptionId };
}
