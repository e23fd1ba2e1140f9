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

describe('the ring of keys', () => {
  it('may be rotated and lose its old key: subscriptions are sealed anew by any run in between', async () => {
    await subscribers.subscribe('a', 'b');
    subscribers.setRing('k2', 'k1');
    answers.set('/b', 500);
    await subscribers.run('pass');
    expect((await subscribers.rows()).map(({ sealed }) => String(sealed).slice(0, 6))).toEqual(['s1.k2.', 's1.k2.']);
    const before = await subscribers.rows();
    await subscribers.run('pass');
    expect(await subscribers.rows()).toEqual(before);
    expect(posted).toEqual([]);

    answers.clear();
    subscribers.setRing('k2');
    await subscribers.run('fail');
    expect([takenBy('a'), takenBy('b')]).toEqual([['pass fail'], ['pass fail']]);
  });

  it('may lose a key and get it back: who was subscribed under it is told then, others at once', async () => {
    await subscribers.subscribe('a');
    subscribers.setRing('k2');
    await subscribers.subscribe('b');
    const changedAt = clock.now();
    await subscribers.run('fail');
    expect([takenBy('a'), takenBy('b')]).toEqual([[], ['pass fail']]);
    // A verdict that nobody missed does no harm to the row that does not open.
    await subscribers.run('pass');
    await subscribers.run('fail', changedAt);
    clock.advance({ hours: 1 });
    subscribers.setRing('k2', 'k1');
    await subscribers.run('fail', changedAt);
    expect(takenBy('a')).toEqual(['pass fail']);
  });
});

describe('a table server that fails', () => {
  it('before a claim leaves everything to the next run', async () => {
    await subscribers.subscribe('a');
    subscribers.tables.break({ kind: 503, when: ({ operation }) => operation === 'list' });
    await expect(subscribers.run('fail')).rejects.toMatchObject({ code: 'storage-unavailable' });
    subscribers.tables.mend();
    subscribers.tables.break({ kind: 503, when: ({ operation }) => operation === 'update' });
    await expect(subscribers.run('fail')).rejects.toMatchObject({ code: 'storage-unavailable' });
    expect(posted).toEqual([]);
    subscribers.tables.mend();
    await subscribers.run('fail');
    expect(takenBy('a')).toEqual(['pass fail']);
  });

  it('at one row keeps nobody else from being told before the run ends', async () => {
    const [broken = '', ...others] = await subscribers.subscribe('broken', 'slow', 'quick');
    answers.set('/slow', 'never');
    subscribers.tables.break({ kind: 503, when: ({ rowKey }) => rowKey === broken });
    await expect(
      subscribers.run('fail', clock.now(), subscribers.newProcess({ timeoutMs: 1_500 })),
    ).rejects.toMatchObject({
      code: 'storage-unavailable',
    });
    expect(posted.sort()).toEqual(['/quick', '/slow']);
    // Nothing goes on in the background: the claims are gone from the rows already.
    const stored = (await subscribers.rows()).filter(({ rowKey }) => others.includes(String(rowKey)));
    expect(stored.map(({ claimedAt }) => claimedAt)).toEqual([undefined, undefined]);
    expect(takenBy('quick')).toEqual(['pass fail']);
  });

  it.each(['cut', 500] as const)(
    'once (%s) delays a change to the next run at the most: each is told once',
    async (kind) => {
      await subscribers.subscribe('a', 'b');
      subscribers.tables.break({ kind, times: 1, when: ({ operation }) => operation === 'list' });
      subscribers.tables.break({ kind, times: 1, when: ({ operation }) => operation === 'update' });
      await subscribers.run('fail');
      clock.advance({ minutes: 5 });
      await subscribers.run('fail', clock.now() - 5 * 60_000);
      expect([takenBy('a'), takenBy('b')]).toEqual([['pass fail'], ['pass fail']]);
    },
  );
});
