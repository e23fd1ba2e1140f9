import * as z from 'zod';
import { guestIdPattern } from '../../guests/identity.ts';
import { status, time } from './fields.ts';

/** Health, and who is notified of its changes. */

export const subscriptionRequest = z
  .strictObject({
    callbackUrl: z
      .string()
      .max(2_048, 'must have at most 2048 characters')
      .describe('The https URL that changes are posted to, on a host that the administrator has configured.')
      .meta({ format: 'uri' }),
  })
  .meta({ id: 'HealthSubscriptionRequest' });

const subscriptionId = z
  .string()
  .regex(guestIdPattern, 'must be the subscriptionId of an earlier answer')
  .describe('Identifies the subscription.');

export const subscriptionParams = z.strictObject({ subscriptionId });

export const subscriptionAnswer = z
  .object({ subscriptionId, createdAt: time('When the subscription was created.') })
  .meta({ id: 'HealthSubscription' });

export const unsubscriptionAnswer = z
  .object({ subscriptionId, removedAt: time('When the subscription was ended.') })
  .meta({ id: 'HealthUnsubscription' });

/** What is posted to subscribers and to ALERT_WEBHOOK_URL (lib/health/notifyChange.ts). */
export const healthChange = z
  .object({
    event: z.literal('discovery-health-changed').describe('What happened.'),
    status: status.describe('The status from now on.'),
    previous: status.describe('The status before.'),
    checkedAt: time('When the change was confirmed.'),
    checks: z
      .array(
        z.object({
          name: z.string().describe("A meeting platform, 'synthetic-join', 'secrets' or 'callers'."),
          status: status.describe('The worst of its steps.'),
          failing: z.string().optional().describe('The first step that is not pass.'),
          action: z.string().optional().describe('What the administrator can do about it.'),
        }),
      )
      .describe('The last check of every part of the service.'),
  })
  .meta({ id: 'HealthChange' });

export const healthStatus = z
  .object({
    status: status.describe('The status of the service.'),
    checkedAt: time('The oldest of the last checks.').optional(),
  })
  .meta({ id: 'HealthStatus' });

export const healthReport = z
  .object({
    status: status.describe('The status of the service.'),
    checkedAt: time('The oldest of the last checks.').optional(),
    checks: z
      .array(
        z.object({
          name: z.string().describe("A meeting platform, 'synthetic-join', 'secrets' or 'callers'."),
          status: status.describe('The worst of its steps.'),
          checkedAt: time('When it was checked.'),
          nextDueAt: time('When it will be checked next.'),
          steps: z
            .array(
              z.object({
                name: z.string().describe('What was tried.'),
                outcome: status.describe('How it went; warn also stands for more than 2 s.'),
                latencyMs: z.number().describe('How long it took, in milliseconds.'),
                action: z.string().optional().describe('What the administrator can do about it.'),
              }),
            )
            .describe('The steps of the check, in their order.'),
        }),
      )
      .describe('The last check of every part.'),
  })
  .meta({ id: 'HealthReport' });
