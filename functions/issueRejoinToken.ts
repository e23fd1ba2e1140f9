import { app } from '@azure/functions';
import { theApp } from '../lib/app.ts';
import { rejoinBody } from '../lib/http/answers.ts';
import { endpoints } from '../lib/contract/endpoints.ts';
import { endpoint } from '../lib/http/endpoint.ts';

app.http(
  'issueRejoinToken',
  endpoint(endpoints.issueRejoinToken, async ({ body, caller, signal }) => ({
    status: 200,
    body: rejoinBody(await theApp().rejoin({ ...body, caller }, signal)),
  })),
);
