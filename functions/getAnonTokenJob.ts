import { app } from '@azure/functions';
import { theApp } from '../lib/app.ts';
import { anonTokenJob, anonTokenResult, guestOf } from '../lib/http/sampleService/anonTokenJob.ts';
import { jobEndpoint } from '../lib/http/sampleService/jobEndpoint.ts';
import { readDoorSettings, theSettings } from '../lib/settings.ts';

const { sampleServiceDoors } = readDoorSettings(process.env);

if (sampleServiceDoors !== 'off') {
  app.http(
    'getAnonTokenJob',
    jobEndpoint(sampleServiceDoors, anonTokenJob, async (input, signal) => {
      const { allowedOrigins, trustedApplication } = theSettings();
      const issued = await theApp().issue(guestOf(input, allowedOrigins), signal);
      return anonTokenResult(issued, trustedApplication?.endpointId);
    }),
  );
}
