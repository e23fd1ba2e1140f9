import { randomUUID } from 'node:crypto';
import type { Service } from '../../lib/service.ts';
import type { Fault } from '../../local/simulator/faults.ts';
import type { PlatformState } from '../../local/simulator/upstreams/platform/behaviour.ts';
import { meetingUrl, otherMeetingUrl } from '../support/testCloud.ts';
import { until } from '../support/until.ts';
import { failureOf, issue, requestSignal, startFaultyService, type FaultyService } from './faultyService.ts';

let service: FaultyService;
let app: Service;

beforeAll(async () => {
  service = await startFaultyService();
});
beforeEach(async () => {
  app = await service.warmApp();
});
afterEach(() => service.mend());
afterAll(() => service.stop());

interface Refusal {
  name: string;
  fault?: Fault;
  behaviour?: Partial<PlatformState>;
  problem: Record<string, unknown>;
}

const refusals: Refusal[] = [
  {
    name: '400 for the meeting',
    fault: { status: 400 },
    problem: { code: 'platform-refused', reason: 'meeting-rejected' },
  },
  {
    name: '403 for the meeting',
    fault: { status: 403 },
    problem: { code: 'platform-refused', reason: 'meeting-rejected' },
  },
  {
    name: '404 for the meeting',
    behaviour: { unknownMeetings: [meetingUrl] },
    problem: { code: 'platform-refused', reason: 'meeting-rejected' },
  },
  {
    name: '403 ApplicationNotFound',
    fault: { status: 403, body: '{"code":"Forbidden","subcode":"ApplicationNotFound"}' },
    problem: { code: 'platform-refused', reason: 'not-registered-or-consented' },
  },
  {
    name: '409',
    fault: { status: 409 },
    problem: { code: 'platform-refused', reason: 'meeting-rejected' },
  },
  { name: '410 CannotRedirect', fault: { status: 410 }, problem: { code: 'platform-unavailable' } },
  ...(
    [
      ['a token that expired already', { tokenLifetimeSeconds: -1 }],
      ['a token for more than a day', { tokenLifetimeSeconds: 86_460 }],
      ['a discover URL on a foreign host', { discoverLink: 'https://evil-lync.example/discover' }],
      ['a discover URL over http', { discoverLink: 'http://noammeetings.resources.lync.example/discover' }],
      ['a redirect to a foreign host', { redirect: 'foreign' }],
      ['a redirect to http', { redirect: 'http' }],
      ['a redirect in a circle', { redirect: 'loop' }],
    ] as const
  ).map(([name, behaviour]) => ({
    name,
    behaviour,
    problem: { code: 'platform-refused', reason: 'answer-unusable' },
  })),
];

describe.each(refusals)('the platform refuses the first token with $name', ({ fault, behaviour = {}, problem }) => {
  test.each([
    ['of our making', () => undefined],
    ['named by the caller', randomUUID],
  ])('an id %s leaves no row and is not burnt', async (_, sessionId) => {
    Object.assign(service.world.platform, behaviour);
    if (fault) service.world.faults.set('platform.tokens', fault);
    const failure = await failureOf(issue(app, sessionId()));
    const { applicationSessionId = '' } = failure;
    expect(failure).toMatchObject(problem);
    expect(await service.rowsOf(applicationSessionId)).toEqual([]);
    expect(service.world.calls.map(({ host }) => host)).not.toContain('evil-lync.example');

    await service.mend();
    const request = { meetingUrl: otherMeetingUrl, applicationSessionId };
    await expect(app.issue(request, requestSignal())).resolves.toMatchObject({ created: true });
    expect(service.world.platform.issued).toMatchObject([{ applicationSessionId, meetingUrl: otherMeetingUrl }]);
  });
});

test('an application without the capability leaves no row, and works once it is granted', async () => {
  let minutesAhead = 0;
  const ungranted = service.newApp({}, () => Date.now() + minutesAhead * 60_000);
  service.world.platform.missingLinks = ['anonApplicationTokens'];
  const applicationSessionId = randomUUID();
  expect(await failureOf(issue(ungranted, applicationSessionId))).toMatchObject({ code: 'capability-missing' });
  expect(await service.rowsOf(applicationSessionId)).toEqual([]);

  service.world.platform.missingLinks = [];
  minutesAhead = 1;
  await expect(issue(ungranted, applicationSessionId)).resolves.toMatchObject({ created: true });
});

test('a refused rejoin leaves the guest as it is', async () => {
  const { guest, row } = await issue(app);
  service.world.platform.unknownMeetings = [meetingUrl];
  const failure = await failureOf(app.rejoin(guest, requestSignal()));
  expect(failure).toMatchObject({ code: 'platform-refused', reason: 'meeting-rejected' });
  expect(await service.rowsOf(guest.applicationSessionId)).toHaveLength(2);

  service.world.platform.unknownMeetings = [];
  await expect(app.rejoin(guest, requestSignal())).resolves.toMatchObject({ row: { guestId: row.guestId } });
});

test('while others go on with the guest, a refused issue of the same id does not take the guest away', async () => {
  const applicationSessionId = randomUUID();
  service.world.faults.set('platform.tokens', { status: 400, delayMs: 150, times: 1 });
  const before = service.world.counts()['platform.tokens'];
  const refused = failureOf(issue(app, applicationSessionId));
  await until(() => service.world.counts()['platform.tokens'] > before);
  const joined = await issue(app, applicationSessionId);
  expect(await refused).toMatchObject({ code: 'platform-refused' });
  expect(await service.rowsOf(applicationSessionId)).toHaveLength(2);
  await expect(app.rejoin(joined.guest, requestSignal())).resolves.toMatchObject({ join: { identityPreserved: true } });
});
