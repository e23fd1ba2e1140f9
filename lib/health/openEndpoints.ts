import type { Warning } from './report.ts';

/** What stays in the report as long as `SAMPLE_SERVICE_ENDPOINTS` is `open`. */
export const openEndpoints: Warning = {
  name: 'callers',
  steps: [
    {
      name: 'sample-service-endpoints',
      outcome: 'warn',
      latencyMs: 0,
      action:
        'Anybody who knows a meeting link can get tokens for it, and create meetings. Set SAMPLE_SERVICE_ENDPOINTS to keyed once the clients send a function key.',
    },
  ],
};
