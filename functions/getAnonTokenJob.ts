import { app } from '@azure/functions';
import { theApp } from '../lib/app.ts';
import { anonTokenJob, anonTokenResult, guestOf } from '../lib/sampleService/anonTokenJob.ts';
import { jobEndpoint } from '../lib/sampleService/jobEndpoint.ts';
import { readRegistrationSettings, theSettings } from '../lib/settings.ts';

const { sampleServiceEndpoints } = readRegistrationSettings(process.env);

if (sampleServiceEndpoints !== 'off') {
  app.http(
    'getAnonTokenJob',
    jobEndpoint(sampleServiceEndpoints, anonTokenJob, async (input, signal) => {
      const { allowedOrigins, trustedApplication } = theSettings();
      const issued = await theApp().issue(guestOf(input, allowedOrigins), signal);
      return anonTokenResult(issued, trustedApplication?.endpointId);
    }),
  );
}
