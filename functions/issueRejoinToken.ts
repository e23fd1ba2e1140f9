import { app } from '@azure/functions';
import { theApp } from '../lib/app.ts';
import { rejoinBody } from '../lib/http/answers.ts';
import { doors } from '../lib/http/doors.ts';
import { endpoint } from '../lib/http/endpoint.ts';

app.http(
  'issueRejoinToken',
  endpoint(doors.issueRejoinToken, async ({ body, caller, signal }) => ({
    status: 200,
    body: rejoinBody(await theApp().rejoin({ ...body, caller }, signal)),
  })),
);
