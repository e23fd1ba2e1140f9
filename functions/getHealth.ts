import { app } from '@azure/functions';
import { theApp } from '../lib/app.ts';
import { healthReportBody } from '../lib/http/answers.ts';
import { endpoints } from '../lib/contract/endpoints.ts';
import { endpoint } from '../lib/http/endpoint.ts';

app.http(
  'getHealth',
  endpoint(endpoints.getHealth, async () => ({ status: 200, body: healthReportBody(await theApp().health.report()) })),
);
