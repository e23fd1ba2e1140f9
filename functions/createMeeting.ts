import { app } from '@azure/functions';
import { theApp } from '../lib/app.ts';
import { meetingBody } from '../lib/http/answers.ts';
import { endpoints } from '../lib/contract/endpoints.ts';
import { endpoint } from '../lib/http/endpoint.ts';

app.http(
  'createMeeting',
  endpoint(endpoints.createMeeting, async ({ body, headers, caller, signal }) => ({
    status: 201,
    body: meetingBody(await theApp().createMeeting(body, { caller, key: headers['Idempotency-Key'] }, signal)),
  })),
);
