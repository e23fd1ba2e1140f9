import { app } from '@azure/functions';
import { theApp } from '../lib/app.ts';
import { tokenBody } from '../lib/http/answers.ts';
import { endpoints } from '../lib/contract/endpoints.ts';
import { endpoint } from '../lib/http/endpoint.ts';

app.http(
  'issueAnonymousToken',
  endpoint(endpoints.issueAnonymousToken, async ({ body, caller, signal }) => {
    const issued = await theApp().issue({ ...body, caller }, signal);
    return {
      status: issued.created ? 201 : 200,
      body: tokenBody(issued),
      location: `/api/v1/guests/${issued.row.guestId}`,
    };
  }),
);
