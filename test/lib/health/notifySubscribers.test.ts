import { until } from '../../support/until.ts';
import { startNotifiers, type NotifiersUnderTest } from './notifiersUnderTest.ts';

let notifiers: NotifiersUnderTest;
let clock: NotifiersUnderTest['clock'];
let posted: string[];
let answers: NotifiersUnderTest['answers'];

beforeAll(async () => {
  notifiers = await startNotifiers();
  ({ clock, posted, answers } = notifiers);
});
beforeEach(() => notifiers.reset());
afterAll(() => notifiers.stop());

const takenBy = (name: string) => notifiers.takenBy(name).map(({ previous, status }) => `${previous} ${status}`);

describe('a change', () => {
  it('is posted to everybody who was notified of another status, once, with what was found', async () => {
    await notifiers.subscribe('a', 'b');
    const changedAt = clock.now();
    await notifiers.run('fail');
    for (let more = 0; more < 3; more += 1) {
      clock.advance({ minutes: 5 });
      await notifiers.run('fail', changedAt);
    }
    expect(posted.sort()).toEqual(['/a', '/b']);
    expect(notifiers.takenBy('a')).toEqual([
      {
        event: 'discovery-health-changed',
        status: 'fail',
        previous: 'pass',
        checkedAt: new Date(changedAt).toISOString(),
        checks: [{ name: 'trusted-application', status: 'fail', failing: 'discover', action: 'Look at it.' }],
      },
    ]);
    clock.advance({ minutes: 5 });
    await notifiers.run('pass');
    expect([takenBy('a'), takenBy('b')]).toEqual(Array(2).fill(['pass fail', 'fail pass']));
  });

  it('is not posted by a run that found another status than was notified, because nothing is confirmed yet', async () => {
    await notifiers.subscribe('a');
    const process = notifiers.newProcess();
    await process.notifySubscribers(notifiers.runOf('fail'), { status: 'pass', at: undefined });
    await process.notifySubscribers(notifiers.runOf('pass'), { status: 'fail', at: new Date(clock.now()) });
    expect(posted).toEqual([]);
  });

  it.each([1, 2, 3])('is posted once by three runs at the same time (round %i)', async () => {
    await notifiers.subscribe('a', 'b', 'c', 'd');
    await Promise.all([notifiers.run('fail'), notifiers.run('fail'), notifiers.run('fail')]);
    expect(posted.sort()).toEqual(['/a', '/b', '/c', '/d']);
    expect(
      (await notifiers.rows()).every(({ notified, claimedAt }) => notified === 'fail' && claimedAt === undefined),
    ).toBe(true);
  });

  it('is posted once, even if the next run comes to it while the first still waits for the answer', async () => {
    await notifiers.subscribe('slow');
    answers.set('/slow', 'never');
    const first = notifiers.run('fail');
    await until(() => notifiers.waiting() === 1);
    // As long as anything that comes before the posts of a run may take.
    clock.advance({ seconds: 59 });
    await notifiers.run('fail', clock.now() - 59_000);
    notifiers.hangUp();
    await first;
    expect(posted).toHaveLength(1);
  });

  it('is posted by the run that claims it, also when the answer to the claim is lost', async () => {
    await notifiers.subscribe('a');
    notifiers.tables.break({ kind: 'cut', times: 1, when: ({ operation }) => operation === 'update' });
    await notifiers.run('fail');
    expect(takenBy('a')).toEqual(['pass fail']);
    await notifiers.run('fail');
    expect(posted).toHaveLength(1);
  });

  it('is posted by a later run if a process died between claim and post', async () => {
    const [subscriptionId = ''] = await notifiers.subscribe('a');
    const claimed = { partitionKey: 'health', rowKey: subscriptionId, claimedAt: new Date(clock.now()) };
    await notifiers.cloud.table('healthSubscriptions').updateEntity(claimed, 'Merge');
    await notifiers.run('fail');
    expect(posted).toEqual([]);
    clock.advance({ minutes: 5 });
    await notifiers.run('fail', clock.now() - 5 * 60_000);
    expect(takenBy('a')).toEqual(['pass fail']);
  });

  it('that was undone before a subscriber took it is posted as it is now, or not at all', async () => {
    await notifiers.subscribe('a', 'b');
    answers.set('/a', 500);
    await notifiers.run('fail');
    clock.advance({ minutes: 5 });
    answers.clear();
    await notifiers.run('pass');
    clock.advance({ minutes: 5 });
    await notifiers.run('warn');
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
    await notifiers.subscribe('a', 'b');
    answers.set('/a', status);
    const changedAt = clock.now();
    const process = notifiers.newProcess();
    for (let times = 0; times < 3; times += 1) {
      const running = notifiers.run('fail', changedAt, process);
      if (status === 'never') await until(() => notifiers.waiting() === 1);
      notifiers.hangUp();
      await running;
      clock.advance({ minutes: 5 });
    }
    expect(posted.filter((path) => path === '/a')).toHaveLength(3);
    expect(takenBy('b')).toEqual(['pass fail']);
    answers.clear();
    await notifiers.run('fail', changedAt);
    await notifiers.run('fail', changedAt);
    expect(takenBy('a')).toEqual(['pass fail']);
    expect(posted).not.toContain('/elsewhere');
  });

  it('is left out of a change after 24 hours, and is notified of the next', async () => {
    await notifiers.subscribe('a');
    answers.set('/a', 503);
    const changedAt = clock.now();
    await notifiers.run('fail');
    clock.advance({ hours: 24, milliseconds: -1 });
    await notifiers.run('fail', changedAt);
    clock.advance({ milliseconds: 1 });
    await notifiers.run('fail', changedAt);
    expect(posted).toHaveLength(3);
    clock.advance({ minutes: 5 });
    answers.clear();
    await notifiers.run('fail', changedAt);
    expect(posted).toHaveLength(3);
    await notifiers.run('pass');
    expect(takenBy('a')).toEqual(['fail pass']);
  });

  it('has a day for each change, however long ago it did not take an earlier one', async () => {
    await notifiers.subscribe('a');
    answers.set('/a', 503);
    await notifiers.run('fail');
    clock.advance({ hours: 1 });
    await notifiers.run('pass');
    clock.advance({ hours: 7 * 24 });
    const changedAt = clock.now();
    await notifiers.run('fail');
    clock.advance({ hours: 23 });
    await notifiers.run('fail', changedAt);
    expect(posted).toHaveLength(3);
    clock.advance({ minutes: 30 });
    // Another change before the first was given up.
    const changedAgainAt = clock.now();
    await notifiers.run('warn');
    clock.advance({ hours: 23 });
    answers.clear();
    await notifiers.run('warn', changedAgainAt);
    expect(takenBy('a')).toEqual(['pass warn']);
  });

  it.each([404, 410])('that is gone (%i) is subscribed no more', async (status) => {
    const [gone = ''] = await notifiers.subscribe('gone', 'here');
    answers.set('/gone', status);
    await notifiers.run('fail');
    expect((await notifiers.rows()).map(({ rowKey }) => rowKey)).not.toContain(gone);
    clock.advance({ minutes: 5 });
    await notifiers.run('pass');
    expect(posted.filter((path) => path === '/gone')).toHaveLength(1);
    expect(takenBy('here')).toEqual(['pass fail', 'fail pass']);
    await expect(notifiers.newProcess().subscriptions.unsubscribe(gone)).rejects.toMatchObject({
      code: 'subscription-not-found',
    });
  });

  it('holds up nobody else, and the run no longer than one post may take', async () => {
    const names = Array.from({ length: 24 }, (_, index) => `s${index}`);
    await notifiers.subscribe(...names);
    for (const name of names.slice(0, 12)) answers.set(`/${name}`, 'never');
    const running = notifiers.run('fail');
    const ended = running.then(() => 'ended');
    const quick = names.slice(12);
    await until(() => quick.every((name) => notifiers.takenBy(name).length === 1), 10_000);
    // All twelve at the same time, so that together they take no longer than one post may take.
    await until(() => notifiers.waiting() === 12, 10_000);
    expect(await Promise.race([ended, Promise.resolve('under way')])).toBe('under way');
    notifiers.hangUp();
    await running;
    expect(posted).toHaveLength(24);
  });
});

describe('a subscription', () => {
  it('that is ended while it is posted to does not come back', async () => {
    const [subscriptionId = ''] = await notifiers.subscribe('a');
    answers.set('/a', 'never');
    const running = notifiers.run('fail');
    await until(() => notifiers.waiting() === 1);
    await notifiers.newProcess().subscriptions.unsubscribe(subscriptionId);
    notifiers.hangUp();
    await running;
    expect(await notifiers.rows()).toEqual([]);
  });

  it('to a host that is not configured any more is not posted to', async () => {
    await notifiers.subscribe('a');
    await notifiers.run('fail', clock.now(), notifiers.newProcess({ webhookHost: 'flows.example' }));
    expect(posted).toEqual([]);
    clock.advance({ minutes: 5 });
    await notifiers.run('fail', clock.now() - 5 * 60_000);
    expect(takenBy('a')).toEqual(['pass fail']);
  });
});

describe('the ring of keys', () => {
  it('may be rotated and lose its old key: subscriptions are sealed anew by any run in between', async () => {
    await notifiers.subscribe('a', 'b');
    notifiers.setRing('k2', 'k1');
    answers.set('/b', 500);
    await notifiers.run('pass');
    expect((await notifiers.rows()).map(({ sealed }) => String(sealed).slice(0, 6))).toEqual(['s1.k2.', 's1.k2.']);
    const before = await notifiers.rows();
    await notifiers.run('pass');
    expect(await notifiers.rows()).toEqual(before);
    expect(posted).toEqual([]);

    answers.clear();
    notifiers.setRing('k2');
    await notifiers.run('fail');
    expect([takenBy('a'), takenBy('b')]).toEqual([['pass fail'], ['pass fail']]);
  });

  it('may lose a key and get it back: subscribers whose URL it sealed are notified then, others at once', async () => {
    await notifiers.subscribe('a');
    notifiers.setRing('k2');
    await notifiers.subscribe('b');
    const changedAt = clock.now();
    await notifiers.run('fail');
    expect([takenBy('a'), takenBy('b')]).toEqual([[], ['pass fail']]);
    // A status that nobody missed does no harm to the row that does not open.
    await notifiers.run('pass');
    await notifiers.run('fail', changedAt);
    clock.advance({ hours: 1 });
    notifiers.setRing('k2', 'k1');
    await notifiers.run('fail', changedAt);
    expect(takenBy('a')).toEqual(['pass fail']);
  });
});

describe('a table server that fails', () => {
  it('before a claim leaves everything to the next run', async () => {
    await notifiers.subscribe('a');
    notifiers.tables.break({ kind: 503, when: ({ operation }) => operation === 'list' });
    await expect(notifiers.run('fail')).rejects.toMatchObject({ code: 'storage-unavailable' });
    notifiers.tables.mend();
    notifiers.tables.break({ kind: 503, when: ({ operation }) => operation === 'update' });
    await expect(notifiers.run('fail')).rejects.toMatchObject({ code: 'storage-unavailable' });
    expect(posted).toEqual([]);
    notifiers.tables.mend();
    await notifiers.run('fail');
    expect(takenBy('a')).toEqual(['pass fail']);
  });

  it('at one row keeps nobody else from being notified before the run ends', async () => {
    const [broken = '', ...others] = await notifiers.subscribe('broken', 'slow', 'quick');
    answers.set('/slow', 'never');
    notifiers.tables.break({ kind: 503, when: ({ rowKey }) => rowKey === broken });
    const failing = expect(notifiers.run('fail')).rejects.toMatchObject({ code: 'storage-unavailable' });
    await until(() => posted.length === 2 && notifiers.waiting() === 1 && takenBy('quick').length === 1);
    notifiers.hangUp();
    await failing;
    expect(posted.sort()).toEqual(['/quick', '/slow']);
    // Nothing goes on in the background: the claims are gone from the rows already.
    const stored = (await notifiers.rows()).filter(({ rowKey }) => others.includes(String(rowKey)));
    expect(stored.map(({ claimedAt }) => claimedAt)).toEqual([undefined, undefined]);
    expect(takenBy('quick')).toEqual(['pass fail']);
  });

  it.each(['cut', 500] as const)(
    'once (%s) delays a change to the next run at the most: each is notified once',
    async (kind) => {
      await notifiers.subscribe('a', 'b');
      notifiers.tables.break({ kind, times: 1, when: ({ operation }) => operation === 'list' });
      notifiers.tables.break({ kind, times: 1, when: ({ operation }) => operation === 'update' });
      await notifiers.run('fail');
      clock.advance({ minutes: 5 });
      await notifiers.run('fail', clock.now() - 5 * 60_000);
      expect([takenBy('a'), takenBy('b')]).toEqual([['pass fail'], ['pass fail']]);
    },
  );
});
