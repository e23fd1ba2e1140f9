import { app } from '@azure/functions';
import { theApp } from '../lib/app.ts';
import { preflightBody } from '../lib/http/answers.ts';
import { doors } from '../lib/http/doors.ts';
import { endpoint } from '../lib/http/endpoint.ts';

app.http(
  'preflightJoin',
  endpoint(doors.preflightJoin, async ({ body, caller }) => ({
    status: 200,
    body: preflightBody(await theApp().preflight({ ...body, caller })),
  })),
);
