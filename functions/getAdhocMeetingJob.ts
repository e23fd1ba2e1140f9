import { app } from '@azure/functions';
import { theApp } from '../lib/app.ts';
import { adhocMeetingJob, adhocMeetingResult, meetingOf } from '../lib/http/sampleService/adhocMeetingJob.ts';
import { jobEndpoint } from '../lib/http/sampleService/jobEndpoint.ts';
import { readDoorSettings } from '../lib/settings.ts';

const { sampleServiceDoors } = readDoorSettings(process.env);

if (sampleServiceDoors !== 'off') {
  app.http(
    'getAdhocMeetingJob',
    jobEndpoint(sampleServiceDoors, adhocMeetingJob, async (input, signal) =>
      adhocMeetingResult(await theApp().createMeeting(meetingOf(input), undefined, signal)),
    ),
  );
}
