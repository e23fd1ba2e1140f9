import { app } from '@azure/functions';
import { theApp } from '../lib/app.ts';
import { removalBody } from '../lib/http/answers.ts';
import { endpoints } from '../lib/contract/endpoints.ts';
import { endpoint } from '../lib/http/endpoint.ts';

app.http(
  'removeGuest',
  endpoint(endpoints.removeGuest, async ({ params, caller }) => ({
    status: 200,
    body: removalBody(await theApp().remove(params.guestId, caller)),
  })),
);
