import { app } from '@azure/functions';
import { theApp } from '../lib/app.ts';
import { adhocMeetingJob, adhocMeetingResult, meetingOf } from '../lib/sampleService/adhocMeetingJob.ts';
import { jobEndpoint } from '../lib/sampleService/jobEndpoint.ts';
import { readRegistrationSettings } from '../lib/settings.ts';

const { sampleServiceEndpoints } = readRegistrationSettings(process.env);

if (sampleServiceEndpoints !== 'off') {
  app.http(
    'getAdhocMeetingJob',
    jobEndpoint(sampleServiceEndpoints, adhocMeetingJob, async (input, signal) =>
      adhocMeetingResult(await theApp().createMeeting(meetingOf(input), undefined, signal)),
    ),
  );
}
