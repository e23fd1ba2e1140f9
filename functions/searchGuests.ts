import { app } from '@azure/functions';
import { theApp } from '../lib/app.ts';
import { guestPageBody } from '../lib/http/answers.ts';
import { endpoints } from '../lib/contract/endpoints.ts';
import { endpoint } from '../lib/http/endpoint.ts';

app.http(
  'searchGuests',
  endpoint(endpoints.searchGuests, async ({ body, caller }) => ({
    status: 200,
    body: guestPageBody(await theApp().search.inMeeting(body.meetingUrl, body.cursor, caller)),
  })),
);
