import { until } from '../../support/until.ts';
import { startSubscribers, type SubscribersUnderTest } from './subscribersUnderTest.ts';

let subscribers: SubscribersUnderTest;
let clock: SubscribersUnderTest['clock'];
let posted: string[];
let answers: SubscribersUnderTest['answers'];

beforeAll(async () => {
  subscribers = await startSubscribers();
  ({ clock, posted, answers } = subscribers);
});
beforeEach(() => subscribers.reset());
afterAll(() => subscribers.stop());

const takenBy = (name: string) => subscribers.takenBy(name).map(({ previous, status }) => `${previous} ${status}`);

describe('a change', () => {
  it('is posted to everybody who knows another verdict, once, with what was found', async () => {
    await subscribers.subscribe('a', 'b');
    const changedAt = clock.now();
    await subscribers.run('fail');
    for (let more = 0; more < 3; more += 1) {
      clock.advance({ minutes: 5 });
      await subscribers.run('fail', changedAt);
    }
    expect(posted.sort()).toEqual(['/a', '/b']);
    expect(subscribers.takenBy('a')).toEqual([
      {
        event: 'discovery-health-changed',
        status: 'fail',
        previous: 'pass',
        checkedAt: new Date(changedAt).toISOString(),
        checks: [{ name: 'trusted-application', status: 'fail', failing: 'discover', action: 'Look at it.' }],
      },
    ]);
    clock.advance({ minutes: 5 });
    await subscribers.run('pass');
    expect([takenBy('a'), takenBy('b')]).toEqual(Array(2).fill(['pass fail', 'fail pass']));
  });

  it('is not posted by a run that sees another verdict than was told: nothing is confirmed yet', async () => {
    await subscribers.subscribe('a');
    const { tell } = subscribers.newProcess();
    await tell(subscribers.runOf('fail'), { status: 'pass', at: undefined });
    await tell(subscribers.runOf('pass'), { status: 'fail', at: new Date(clock.now()) });
    expect(posted).toEqual([]);
  });

  it.each([1, 2, 3])('is posted once by two runs side by side (round %i)', async () => {
    await subscribers.subscribe('a', 'b', 'c', 'd');
    await Promise.all([subscribers.run('fail'), subscribers.run('fail'), subscribers.run('fail')]);
    expect(posted.sort()).toEqual(['/a', '/b', '/c', '/d']);
    expect(
      (await subscribers.rows()).every(({ notified, claimedAt }) => notified === 'fail' && claimedAt === undefined),
    ).toBe(true);
  });

  it('is posted once, even if the next run comes to it while the first still waits for the answer', async () => {
    await subscribers.subscribe('slow');
    answers.set('/slow', 'never');
    const first = subscribers.run('fail', clock.now(), subscribers.newProcess({ timeoutMs: 1_000 }));
    await until(() => posted.length === 1);
    // As long as anything that comes before the posts of a run may take.
    clock.advance({ seconds: 59 });
    await subscribers.run('fail', clock.now() - 59_000);
    await first;
    expect(posted).toHaveLength(1);
  });

  it('is posted by a later run if a process died between claim and post', async () => {
    const [subscriptionId = ''] = await subscribers.subscribe('a');
    const claimed = { partitionKey: 'health', rowKey: subscriptionId, claimedAt: new Date(clock.now()) };
    await subscribers.cloud.table('healthSubscriptions').updateEntity(claimed, 'Merge');
    await subscribers.run('fail');
    expect(posted).toEqual([]);
    clock.advance({ minutes: 5 });
    await subscribers.run('fail', clock.now() - 5 * 60_000);
    expect(takenBy('a')).toEqual(['pass fail']);
  });

  it('that went to and fro before it could be told is told as it is now, or not at all', async () => {
    await subscribers.subscribe('a', 'b');
    answers.set('/a', 500);
    await subscribers.run('fail');
    clock.advance({ minutes: 5 });
    answers.clear();
    await subscribers.run('pass');
    clock.advance({ minutes: 5 });
    await subscribers.run('warn');
    expect([takenBy('a'), takenBy('b')]).toEqual([['pass warn'], ['pass fail', 'fail pass', 'pass warn']]);
  });
});

describe('a subscriber who does not take it', () => {
  it.each([
    ['fails', 500],
    ['is busy', 429],
    ['redirects', 307],
    ['asks who we are', 401],
    ['does not answer', 'never'],
  ] as const)('because it %s is posted to again by the next run, until it does', async (_, status) => {
    await subscribers.subscribe('a', 'b');
    answers.set('/a', status);
    const changedAt = clock.now();
    const impatient = subscribers.newProcess({ timeoutMs: 300 });
    for (let times = 0; times < 3; times += 1) {
      await subscribers.run('fail', changedAt, impatient);
      clock.advance({ minutes: 5 });
    }
    expect(posted.filter((path) => path === '/a')).toHaveLength(3);
    expect(takenBy('b')).toEqual(['pass fail']);
    answers.clear();
    await subscribers.run('fail', changedAt);
    await subscribers.run('fail', changedAt);
    expect(takenBy('a')).toEqual(['pass fail']);
    expect(posted).not.toContain('/elsewhere');
  });

  it('is left out of a change after 24 hours, and hears of the next', async () => {
    await subscribers.subscribe('a');
    answers.set('/a', 503);
    const changedAt = clock.now();
    await subscribers.run('fail');
    clock.advance({ hours: 24, milliseconds: -1 });
    await subscribers.run('fail', changedAt);
    clock.advance({ milliseconds: 1 });
    await subscribers.run('fail', changedAt);
    expect(posted).toHaveLength(3);
    clock.advance({ minutes: 5 });
    answers.clear();
    await subscribers.run('fail', changedAt);
    expect(posted).toHaveLength(3);
    await subscribers.run('pass');
    expect(takenBy('a')).toEqual(['fail pass']);
  });

  it('has a day for each change, however long ago an earlier one could not be told', async () => {
    await subscribers.subscribe('a');
    answers.set('/a', 503);
    await subscribers.run('fail');
    clock.advance({ hours: 1 });
    await subscribers.run('pass');
    clock.advance({ hours: 7 * 24 });
    const changedAt = clock.now();
    await subscribers.run('fail');
    clock.advance({ hours: 23 });
    await subscribers.run('fail', changedAt);
    expect(posted).toHaveLength(3);
    clock.advance({ minutes: 30 });
    // Another change before the first was given up.
    const changedAgainAt = clock.now();
    await subscribers.run('warn');
    clock.advance({ hours: 23 });
    answers.clear();
    await subscribers.run('warn', changedAgainAt);
    expect(takenBy('a')).toEqual(['pass warn']);
  });

  it.each([404, 410])('because it is gone (%i) is subscribed no more', async (status) => {
    const [gone = ''] = await subscribers.subscribe('gone', 'here');
    answers.set('/gone', status);
    await subscribers.run('fail');
    expect((await subscribers.rows()).map(({ rowKey }) => rowKey)).not.toContain(gone);
    clock.advance({ minutes: 5 });
    await subscribers.run('pass');
    expect(posted.filter((path) => path === '/gone')).toHaveLength(1);
    expect(takenBy('here')).toEqual(['pass fail', 'fail pass']);
    await expect(subscribers.newProcess().endpoints.unsubscribe(gone)).rejects.toMatchObject({
      code: 'subscription-not-found',
    });
  });

  it('holds up nobody else, and the run no longer than one post may take', async () => {
    const names = Array.from({ length: 24 }, (_, index) => `s${index}`);
    await subscribers.subscribe(...names);
    for (const name of names.slice(0, 12)) answers.set(`/${name}`, 'never');
    const running = subscribers.run('fail', clock.now(), subscribers.newProcess({ timeoutMs: 3_000 }));
    const ended = running.then(() => 'ended');
    const quick = names.slice(12);
    await until(() => quick.every((name) => subscribers.takenBy(name).length === 1), 10_000);
    expect(await Promise.race([ended, Promise.resolve('under way')])).toBe('under way');
    const startedAt = performance.now();
    await running;
    // One after the other the twelve would take 36 s.
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(posted).toHaveLength(24);
  });
});

describe('a subscription', () => {
  it('that is ended while it is posted to does not come back', async () => {
    const [subscriptionId = ''] = await subscribers.subscribe('a');
    answers.set('/a', 'never');
    const telling = subscribers.run('fail', clock.now(), subscribers.newProcess({ timeoutMs: 500 }));
    await until(() => posted.length === 1);
    await subscribers.newProcess().endpoints.unsubscribe(subscriptionId);
    await telling;
    expect(await subscribers.rows()).toEqual([]);
  });

  it('to a host that is not configured any more is not posted to', async () => {
    await subscribers.subscribe('a');
    await subscribers.run('fail', clock.now(), subscribers.newProcess({ webhookHost: 'flows.example' }));
    expect(posted).toEqual([]);
    clock.advance({ minutes: 5 });
    await subscribers.run('fail', clock.now() - 5 * 60_000);
    expect(takenBy('a')).toEqual(['pass fail']);
  });
});
