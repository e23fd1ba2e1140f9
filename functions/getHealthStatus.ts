import { app } from '@azure/functions';
import { currentHealth } from '../lib/app.ts';
import { healthStatusBody } from '../lib/http/answers.ts';
import { doors } from '../lib/http/doors.ts';
import { endpoint } from '../lib/http/endpoint.ts';

app.http(
  'getHealthStatus',
  endpoint(doors.getHealthStatus, async () => {
    const health = await currentHealth();
    return { status: health.status === 'fail' ? 503 : 200, body: healthStatusBody(health) };
  }),
);
