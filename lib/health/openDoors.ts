import type { Warning } from './report.ts';

/** What stays in the report as long as `SAMPLE_SERVICE_DOORS` is `open`. */
export const openDoors: Warning = {
  name: 'callers',
  steps: [
    {
      name: 'sample-service-doors',
      outcome: 'warn',
      latencyMs: 0,
      action:
        'Anybody who knows a meeting link can get tokens for it, and create meetings. Set SAMPLE_SERVICE_DOORS to keyed once the clients send a function key.',
    },
  ],
};
