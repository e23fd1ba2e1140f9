import { app } from '@azure/functions';
import { theApp } from '../lib/app.ts';
import { ownerOf } from '../lib/callers.ts';
import { endpoints } from '../lib/contract/endpoints.ts';
import { endpoint } from '../lib/http/endpoint.ts';

app.http(
  'unsubscribeFromHealth',
  endpoint(endpoints.unsubscribeFromHealth, async ({ params: { subscriptionId }, caller }) => {
    const { removedAt } = await theApp().subscriptions.unsubscribe(subscriptionId, ownerOf(caller));
    return { status: 200, body: { subscriptionId, removedAt: removedAt.toISOString() } };
  }),
);
