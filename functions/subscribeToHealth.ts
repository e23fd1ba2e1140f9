import { app } from '@azure/functions';
import { theApp } from '../lib/app.ts';
import { ownerOf } from '../lib/callers.ts';
import { endpoints } from '../lib/contract/endpoints.ts';
import { endpoint } from '../lib/http/endpoint.ts';

app.http(
  'subscribeToHealth',
  endpoint(endpoints.subscribeToHealth, async ({ body, caller }) => {
    const { subscriptionId, createdAt, location } = await theApp().subscriptions.subscribe(
      body.callbackUrl,
      ownerOf(caller),
    );
    return { status: 201, body: { subscriptionId, createdAt: createdAt.toISOString() }, location };
  }),
);
