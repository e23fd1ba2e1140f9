import { app } from '@azure/functions';
import { theApp } from '../lib/app.ts';
import { preflightBody } from '../lib/http/answers.ts';
import { endpoints } from '../lib/contract/endpoints.ts';
import { endpoint } from '../lib/http/endpoint.ts';

app.http(
  'preflightJoin',
  endpoint(endpoints.preflightJoin, async ({ body, caller }) => ({
    status: 200,
    body: preflightBody(await theApp().preflight({ ...body, caller })),
  })),
);
