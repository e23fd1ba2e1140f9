import { app } from '@azure/functions';
import { theApp } from '../lib/app.ts';
import { doors } from '../lib/http/doors.ts';
import { endpoint } from '../lib/http/endpoint.ts';

app.http(
  'subscribeToHealth',
  endpoint(doors.subscribeToHealth, async ({ body, caller }) => {
    const { subscriptionId, createdAt, location } = await theApp().subscriptions.subscribe(body.callbackUrl, caller);
    return { status: 201, body: { subscriptionId, createdAt: createdAt.toISOString() }, location };
  }),
);
