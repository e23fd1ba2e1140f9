import { app } from '@azure/functions';
import { doors } from '../lib/http/doors.ts';
import { endpoint } from '../lib/http/endpoint.ts';
import { apiDefinition } from '../lib/http/openApi.ts';

app.http(
  'getApiDefinition',
  endpoint(doors.getApiDefinition, () => Promise.resolve({ status: 200, body: apiDefinition() })),
);
