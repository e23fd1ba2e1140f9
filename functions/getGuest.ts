import { app } from '@azure/functions';
import { theApp } from '../lib/app.ts';
import { guestBody } from '../lib/http/answers.ts';
import { endpoints } from '../lib/contract/endpoints.ts';
import { endpoint } from '../lib/http/endpoint.ts';

app.http(
  'getGuest',
  endpoint(endpoints.getGuest, async ({ params, caller }) => ({
    status: 200,
    body: guestBody(await theApp().search.get(params.guestId, caller)),
  })),
);
