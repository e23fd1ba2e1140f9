import type { Status } from '../../../lib/health/status.ts';
import { until } from '../../support/until.ts';
import { startNotifiers, type NotifiersUnderTest, type Process } from './notifiersUnderTest.ts';

let notifiers: NotifiersUnderTest;
let clock: NotifiersUnderTest['clock'];
let posted: string[];
let logged: NotifiersUnderTest['logged'];
let answers: NotifiersUnderTest['answers'];

beforeAll(async () => {
  notifiers = await startNotifiers();
  ({ clock, posted, logged, answers } = notifiers);
});
beforeEach(() => notifiers.reset());
afterAll(() => notifiers.stop());

const alerts = () => notifiers.takenBy('alerts');

/** One run as the timer makes it, five minutes after the last. */
async function run(process: Process, status: Status): Promise<void> {
  clock.advance({ minutes: 5 });
  await process.notifyAdministrator(notifiers.runOf(status));
}

async function runs(process: Process, ...statuses: Status[]): Promise<void> {
  for (const status of statuses) await run(process, status);
}

describe('a change of status', () => {
  it('is notified when a second run of the checks has confirmed it, once, and so is the change back', async () => {
    const { world } = notifiers.cloud.simulator;
    const app = notifiers.cloud.newApp({ ALERT_WEBHOOK_URL: 'https://hooks.example/alerts' }, clock.now);
    const check = async (): Promise<void> => {
      clock.advance({ minutes: 5 });
      await app.checkDiscovery(undefined, (change) => logged.push(change));
    };
    const bodies = () => world.alerts.map(({ body }) => body);
    await check();
    world.faults.set('platform.discover', { status: 500 });
    await check();
    expect([logged, bodies()]).toEqual([[], []]);
    await check();
    const failed = {
      event: 'discovery-health-changed',
      status: 'fail',
      previous: 'pass',
      checkedAt: new Date(clock.now()).toISOString(),
      checks: [
        {
          name: 'trusted-application',
          status: 'fail',
          failing: 'discover',
          action: expect.stringMatching(/^[A-Z].+\.$/) as string,
        },
        { name: 'secrets', status: 'pass' },
      ],
    };
    expect([logged, bodies()]).toEqual([[failed], [failed]]);
    expect(world.alerts[0]?.path).toBe('/alerts');
    for (let more = 0; more < 3; more += 1) await check();
    expect([logged.length, bodies().length]).toEqual([1, 1]);

    world.faults.clear('platform.discover');
    await check();
    await check();
    await check();
    expect(bodies().slice(1)).toMatchObject([{ status: 'pass', previous: 'fail' }]);
    expect(logged).toEqual(bodies());
  });

  it('is notified from the very first run on, if that is not pass', async () => {
    await runs(notifiers.newProcess(), 'fail', 'fail');
    expect(alerts()).toMatchObject([{ status: 'fail', previous: 'pass' }]);
  });

  it('is notified between warn and fail as well', async () => {
    await runs(notifiers.newProcess(), 'warn', 'warn', 'fail', 'fail');
    expect(alerts().map(({ previous, status }) => `${previous} ${status}`)).toEqual(['pass warn', 'warn fail']);
  });

  it('is confirmed by another process just as well', async () => {
    for (let time = 0; time < 3; time += 1) await run(notifiers.newProcess(), 'fail');
    expect(alerts()).toHaveLength(1);
  });

  it('is only logged when no webhook is set', async () => {
    await runs(notifiers.newProcess({ webhookUrl: undefined }), 'fail', 'fail', 'fail');
    expect(logged).toHaveLength(1);
    expect(posted).toEqual([]);
  });

  it('is not notified when the status changes with every run', async () => {
    await runs(notifiers.newProcess(), 'fail', 'pass', 'fail', 'pass', 'fail', 'pass');
    expect([logged, alerts()]).toEqual([[], []]);
  });

  it('is not confirmed by a run at the same time as the one that saw it first', async () => {
    const startedAt = clock.now();
    clock.advance({ seconds: 2 });
    const process = notifiers.newProcess();
    await process.notifyAdministrator(notifiers.runOf('fail', startedAt));
    await process.notifyAdministrator(notifiers.runOf('fail', startedAt));
    expect([logged, alerts()]).toEqual([[], []]);
  });

  it('is notified by the run that claims it, also when the answer to the claim is lost', async () => {
    const process = notifiers.newProcess();
    await run(process, 'fail');
    notifiers.tables.break({ kind: 'cut', times: 1, when: ({ operation }) => operation === 'update' });
    await run(process, 'fail');
    expect([logged.length, alerts().length]).toEqual([1, 1]);
    await run(process, 'fail');
    expect([logged.length, posted.length]).toEqual([1, 1]);
  });
});

describe('two processes at the same time', () => {
  it.each([1, 2, 3, 4, 5])('notify of a change once (round %i)', async () => {
    const processes = [notifiers.newProcess(), notifiers.newProcess()];
    for (let time = 0; time < 3; time += 1) {
      clock.advance({ minutes: 5 });
      await Promise.all(processes.map((process) => process.notifyAdministrator(notifiers.runOf('fail'))));
    }
    expect([logged.length, alerts().length]).toEqual([1, 1]);
  });

  it('notify of it once, even if one comes to it while the other is still posting', async () => {
    const [first, second] = [notifiers.newProcess(), notifiers.newProcess()];
    await run(first, 'fail');
    clock.advance({ minutes: 5 });
    answers.set('/alerts', 'never');
    const notifying = first.notifyAdministrator(notifiers.runOf('fail'));
    await until(() => notifiers.waiting() === 1);
    await second.notifyAdministrator(notifiers.runOf('fail'));
    notifiers.hangUp();
    await notifying;
    expect([logged.length, posted.length]).toEqual([1, 1]);
  });
});

describe('a webhook that does not take the change', () => {
  it.each([
    ['fails', 500],
    ['cannot be reached', 'cut'],
    ['redirects', 307],
    ['is gone', 404],
  ] as const)('because it %s is posted to by the next run, with what it missed', async (_, answer) => {
    const process = notifiers.newProcess();
    answers.set('/alerts', answer);
    await runs(process, 'fail', 'fail', 'fail');
    expect(alerts()).toEqual([]);
    expect(posted).toHaveLength(2);
    answers.clear();
    await run(process, 'fail');
    expect(alerts()).toMatchObject([{ status: 'fail', previous: 'pass' }]);
    await run(process, 'fail');
    expect([logged.length, alerts().length]).toEqual([1, 1]);
    expect(new Set(posted)).toEqual(new Set(['/alerts']));
  });

  it('does not make the run itself fail', async () => {
    answers.set('/alerts', 500);
    const process = notifiers.newProcess();
    await run(process, 'fail');
    await expect(run(process, 'fail')).resolves.toBeUndefined();
    expect(logged).toHaveLength(1);
  });

  it('is notified of the change back if that is confirmed before it works again', async () => {
    const process = notifiers.newProcess();
    answers.set('/alerts', 500);
    await runs(process, 'fail', 'fail', 'pass');
    answers.clear();
    await runs(process, 'pass', 'pass');
    expect(alerts()).toMatchObject([{ status: 'pass', previous: 'fail' }]);
  });
});
