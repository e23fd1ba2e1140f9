import { app } from '@azure/functions';
import { currentHealth } from '../lib/app.ts';
import { healthStatusBody } from '../lib/http/answers.ts';
import { endpoints } from '../lib/contract/endpoints.ts';
import { endpoint } from '../lib/http/endpoint.ts';

app.http(
  'getHealthStatus',
  endpoint(endpoints.getHealthStatus, async () => {
    const health = await currentHealth();
    return { status: health.status === 'fail' ? 503 : 200, body: healthStatusBody(health) };
  }),
);
