import { app } from '@azure/functions';
import { theApp } from '../lib/app.ts';
import { statusEndpoint } from '../lib/statusPage/statusEndpoint.ts';

app.http(
  'getStatus',
  statusEndpoint(async () => theApp().history()),
);
