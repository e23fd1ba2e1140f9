import { app } from '@azure/functions';
import { endpoints } from '../lib/contract/endpoints.ts';
import { endpoint } from '../lib/http/endpoint.ts';
import { apiDefinition } from '../lib/contract/openApi.ts';

app.http(
  'getApiDefinition',
  endpoint(endpoints.getApiDefinition, () => Promise.resolve({ status: 200, body: apiDefinition() })),
);
