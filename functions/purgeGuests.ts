import { app } from '@azure/functions';
import { theApp } from '../lib/app.ts';
import { timerJob } from '../lib/timerJob.ts';

app.timer('purgeGuests', {
  schedule: '%PURGE_SCHEDULE%',
  handler: timerJob('purgeGuests', () => theApp().purge()),
});
