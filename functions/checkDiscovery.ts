import { app, type Timer } from '@azure/functions';
import { theApp } from '../lib/app.ts';
import { nextDue } from '../lib/health/checkDiscovery.ts';
import { timerJob } from '../lib/timerJob.ts';

app.timer('checkDiscovery', {
  schedule: '%DISCOVERY_CHECK_SCHEDULE%',
  handler: timerJob('checkDiscovery', async (timer, log) => {
    // The host leaves the status out where it keeps no schedule, whatever the type says.
    const { scheduleStatus } = timer as Partial<Timer>;
    const status = await theApp().checkDiscovery(nextDue(scheduleStatus, Date.now()), log);
    return { status };
  }),
});
