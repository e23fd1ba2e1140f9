import type { Answer } from '../../../../local/simulator/http/exchange.ts';
import { Clock } from '../../../../local/clock.ts';
import { GuestApplications } from '../../../../local/simulator/meetings/applications.ts';
import { GuestConversation } from '../../../../local/simulator/meetings/conversation.ts';
import { Meetings } from '../../../../local/simulator/meetings/meetings.ts';
import { until } from '../../../support/until.ts';
import { noon } from '../setUp.ts';

const conferenceUri = 'sip:john@contoso.example;gruu;opaque=app:conf:focus:id:5LB7MRBC';
const people = 200;

test('200 guests who poll while they join one by one cost two answers each, and no timer that keeps the process alive', async () => {
  const clock = new Clock(() => noon);
  const meetings = new Meetings(clock);
  const applications = new GuestApplications(clock, meetings);
  const timersBefore = timersRunning();
  const answers: number[] = [];
  const seen: Set<string>[] = [];

  for (let index = 0; index < people; index += 1) {
    const guest = { endpoint: `guest-${index}`, conferenceUri };
    const { application } = applications.open({
      host: 'host',
      applicationsPath: '/applications',
      guest,
      culture: 'en-US',
      userAgent: 'test',
      endpointId: 'e',
      instanceId: undefined,
      displayName: undefined,
    });
    answers.push(0);
    seen.push(new Set());
    const keepPolling = (ack: number): void => {
      const poll = { ack, priority: 0, timing: {} };
      void Promise.resolve(application.channel.poll(poll, new AbortController().signal)).then((answer) => {
        answers[index] = (answers[index] ?? 0) + 1;
        for (const name of namesIn(answer)) seen[index]?.add(name);
        keepPolling(ack + 1);
      });
    };
    keepPolling(1);
    const request = {
      onlineMeetingUri: conferenceUri,
      anonymousDisplayName: `Guest ${index}`,
      operationId: 'op',
      importance: 'Normal',
      subject: undefined,
      threadId: 't',
    };
    const conversation = new GuestConversation(application, meetings.open(conferenceUri), request, meetings.behaviour);
    application.conversations.set(conversation.id, conversation);
    conversation.join();
    await until(() => answers[index] === 1);
  }
  expect(meetings.open(conferenceUri).roster).toHaveLength(people);
  expect(answers).toEqual(Array.from({ length: people }, () => 1));
  expect(timersRunning()).toBeLessThanOrEqual(timersBefore);

  // What the others did meanwhile comes to everybody in one answer.
  clock.advance(5_000);
  await until(() => seen.every((names) => names.size === people));
  expect(Math.max(...answers)).toBe(2);
  clock.reset();
});

function namesIn({ body }: Answer): string[] {
  return Array.from(body.matchAll(/"title":"([^"]+)"/g), ([, name = '']) => name);
}

function timersRunning(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
}
