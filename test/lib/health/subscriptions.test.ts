import type { Service } from '../../../lib/service.ts';
import { functionKeyHolder, type Caller } from '../../../lib/callers.ts';
import { Problem } from '../../../lib/problem.ts';
import { startTestCloud, type TestCloud } from '../../support/testCloud.ts';
import { ringLine } from '../sealing/ringKeys.ts';

let cloud: TestCloud;
let now: number;

beforeAll(async () => {
  cloud = await startTestCloud();
});

beforeEach(async () => {
  now = Date.now();
  await cloud.simulator.world.reset();
  const rows = await storedRows();
  await Promise.all(
    rows.map(({ partitionKey, rowKey }) =>
      cloud.table('healthSubscriptions').deleteEntity(String(partitionKey), String(rowKey)),
    ),
  );
});

afterAll(() => cloud.stop());

const [applicationA, applicationB] = (['application-a', 'application-b'] as const).map((appId): Caller => ({
  kind: 'application',
  appId,
}));
const storedRows = () => cloud.rows('healthSubscriptions');
const newApp = (changes: Record<string, string | undefined> = {}): Service => cloud.newApp(changes, () => now);
const callbackUrl = (name: number | string) => `https://hooks.example/workflows/${name}/triggers?sig=signature-${name}`;

/** The problem's code, or the subscription's id. */
async function outcome(subscribing: Promise<{ subscriptionId: string }>): Promise<string> {
  try {
    return (await subscribing).subscriptionId;
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}

/** Puts other people's subscriptions there. */
async function fill(count: number): Promise<void> {
  const others = Array.from({ length: count }, (_, name) => ({
    partitionKey: 'health',
    rowKey: String(name).padStart(43, 'x'),
    sealed: 's1.k1.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAA',
    createdAt: new Date(now),
    notified: 'pass',
  }));
  await cloud.table('healthSubscriptions').submitTransaction(others.map((row) => ['create', row]));
}

describe('a subscription', () => {
  it('is named by a URL on the public base, and its row keeps the callback URL sealed', async () => {
    const url = callbackUrl('one');
    const subscribed = await newApp().subscriptions.subscribe(url);
    const { subscriptionId, createdAt, location } = subscribed;
    expect(subscriptionId).toMatch(/^[\w-]{43}$/);
    expect(createdAt).toEqual(new Date(now));
    expect(location).toBe(`https://join.contoso.example/api/v1/health-subscriptions/${subscriptionId}`);
    const [row, ...others] = await storedRows();
    expect(others).toEqual([]);
    expect(row).toMatchObject({ rowKey: subscriptionId, sealed: expect.stringMatching(/^s1\.k1\./) as string });
    expect(JSON.stringify(row)).not.toMatch(/hooks|workflows|signature/);
  });

  it('to the same URL again is the same one, from another process and at once too', async () => {
    const [one, other] = [newApp(), newApp()];
    const first = await one.subscriptions.subscribe(callbackUrl('same'));
    now += 3_600_000;
    const again = await Promise.all(
      [one, other, one, other].map((app) => app.subscriptions.subscribe(callbackUrl('same'))),
    );
    for (const { subscriptionId, createdAt, location } of again) {
      expect({ subscriptionId, createdAt, location }).toMatchObject({
        subscriptionId: first.subscriptionId,
        createdAt: first.createdAt,
        location: first.location,
      });
    }
    expect(await storedRows()).toHaveLength(1);

    const fresh = await Promise.all(
      [one, other, one, other].map((app) => app.subscriptions.subscribe(callbackUrl('new'))),
    );
    expect(new Set(fresh.map(({ subscriptionId }) => subscriptionId)).size).toBe(1);
    expect(await storedRows()).toHaveLength(2);
  });

  it('to the same URL again is sealed anew, because the key of the first time may be gone', async () => {
    const { secrets } = cloud.simulator.world;
    secrets.set('guest-keys', ringLine('old'));
    const { subscriptionId } = await newApp().subscriptions.subscribe(callbackUrl('revived'));
    secrets.set('guest-keys', ringLine('new'));
    const again = await newApp().subscriptions.subscribe(callbackUrl('revived'));
    expect(again.subscriptionId).toBe(subscriptionId);
    expect(await storedRows()).toMatchObject([{ sealed: expect.stringMatching(/^s1\.new\./) as string }]);
  });

  it('of one caller is another one than that of the next, and only its own ends it', async () => {
    const { subscriptions } = newApp();
    const callers = [functionKeyHolder, applicationA, applicationB];
    const ids = await Promise.all(
      callers.map(async (caller) => (await subscriptions.subscribe(callbackUrl('shared'), caller)).subscriptionId),
    );
    expect(new Set(ids).size).toBe(3);
    const [ofKeys = '', ofA = ''] = ids;
    for (const [id, caller] of [
      [ofA, applicationB],
      [ofA, functionKeyHolder],
      [ofKeys, applicationA],
    ] as const) {
      await expect(subscriptions.unsubscribe(id, caller)).rejects.toMatchObject({ code: 'subscription-not-found' });
    }
    expect(await storedRows()).toHaveLength(3);
    await subscriptions.unsubscribe(ofA, applicationA);
    expect((await storedRows()).map(({ rowKey }) => rowKey)).not.toContain(ofA);
  });

  it('that has ended is not there any more', async () => {
    const { subscriptions } = newApp();
    const { subscriptionId } = await subscriptions.subscribe(callbackUrl('short'));
    expect(await subscriptions.unsubscribe(subscriptionId)).toEqual({ removedAt: new Date(now) });
    await expect(subscriptions.unsubscribe(subscriptionId)).rejects.toMatchObject({ code: 'subscription-not-found' });
    expect(await storedRows()).toEqual([]);
  });

  it('needs PUBLIC_BASE_URL, and nothing is stored without it', async () => {
    const { subscriptions } = newApp({ PUBLIC_BASE_URL: undefined });
    await expect(subscriptions.subscribe(callbackUrl('lost'))).rejects.toMatchObject({
      code: 'configuration-invalid',
      message: expect.stringContaining('PUBLIC_BASE_URL') as string,
    });
    expect(await storedRows()).toEqual([]);
  });
});

describe('a change that a subscriber does not take', () => {
  it('is posted for a day from its confirmation on, by every run that sees it still, and the next is posted again', async () => {
    const { faults, alerts } = cloud.simulator.world;
    const app = newApp();
    const posts = () => cloud.simulator.world.counts().hooks;
    const run = async (minutesLater = 5): Promise<void> => {
      now += minutesLater * 60_000;
      await app.checkDiscovery(undefined, () => undefined);
    };
    await app.subscriptions.subscribe(callbackUrl('down'));
    faults.set('hooks', { status: 503 });
    faults.set('platform.discover', { status: 500 });
    await run();
    expect(posts()).toBe(0);
    await run();
    await run(12 * 60);
    faults.clear('platform.discover');
    // A run that finds another status notifies nobody.
    await run(60);
    faults.set('platform.discover', { status: 500 });
    await run(11 * 60 - 1);
    expect(posts()).toBe(3);
    await run(1);
    await run();
    expect(posts()).toBe(4);
    faults.clear();
    await run();
    await run();
    await run();
    expect(alerts.map(({ body }) => body)).toMatchObject([{ status: 'pass', previous: 'fail' }]);
  });
});

describe('subscriptions', () => {
  it('are at most 50; one has to end before the next', async () => {
    await fill(49);
    const { subscriptions } = newApp();
    const { subscriptionId } = await subscriptions.subscribe(callbackUrl('last'));
    expect(await outcome(subscriptions.subscribe(callbackUrl('more')))).toBe('too-many-subscriptions');
    expect(await storedRows()).toHaveLength(50);
    // Those that are known are not in the way of themselves.
    expect(await outcome(subscriptions.subscribe(callbackUrl('last')))).toBe(subscriptionId);
    await subscriptions.unsubscribe(subscriptionId);
    expect(await outcome(subscriptions.subscribe(callbackUrl('more')))).toMatch(/^[\w-]{43}$/);
    expect(await storedRows()).toHaveLength(50);
  });

  it.each([1, 2, 3])('are never more than 50, when ten more come at once to 48 (round %i)', async () => {
    await fill(48);
    // Clocks of processes differ: whoever comes last may look like the first.
    const apps = Array.from({ length: 10 }, (_, behind) => cloud.newApp({}, () => now - 1_000 * behind));
    const outcomes = await Promise.all(
      apps.map(({ subscriptions }, name) => outcome(subscriptions.subscribe(callbackUrl(`more-${name}`)))),
    );
    const admitted = outcomes.filter((code) => code !== 'too-many-subscriptions');
    expect(admitted.length).toBeLessThanOrEqual(2);
    const rows = await storedRows();
    expect(rows).toHaveLength(48 + admitted.length);
    expect(rows.map(({ rowKey }) => rowKey)).toEqual(expect.arrayContaining(admitted));
  });
});

describe('a callback URL', () => {
  it.each([
    ['plain http', 'http://hooks.example/a'],
    ['another scheme', 'ftp://hooks.example/a'],
    ['no scheme', 'hooks.example/a'],
    ['nothing', ''],
    ['another host', 'https://hooks.contoso.example/a'],
    ['a host that ends in the same letters', 'https://evilhooks.example/a'],
    ['a host that begins with the allowed one', 'https://hooks.example.evil.example/a'],
    ['the host above', 'https://example/a'],
    ['a trailing dot', 'https://hooks.example./a'],
    ['another port', 'https://hooks.example:8443/a'],
    ['the port of http', 'https://hooks.example:80/a'],
    ['a user', 'https://user@hooks.example/a'],
    ['a user and a password', 'https://user:word@hooks.example/a'],
    ['the allowed host as a user', 'https://hooks.example@evil.example/a'],
    ['a backslash', 'https://evil.example\\@hooks.example/a'],
    ['an IPv4 literal', 'https://10.0.0.4/a'],
    ['a public IPv4 literal', 'https://93.184.216.34/a'],
    ['a decimal address', 'https://2130706433/a'],
    ['a hexadecimal address', 'https://0x7f.1/a'],
    ['an IPv6 literal', 'https://[::1]/a'],
    ['a mapped IPv6 literal', 'https://[::ffff:169.254.169.254]/a'],
    ['this machine', 'https://localhost/a'],
    ['a name below this machine', 'https://hooks.localhost/a'],
    ['a blank', 'https://hooks.example/a b'],
    ['a tab in the host', 'https://hooks\t.example/a'],
    ['an encoded dot', 'https://hooks%2eexample/a'],
    ['a full-width dot', 'https://hooks\u3002example/a'],
    ['dot segments', 'https://hooks.example/a/../b'],
  ])('with %s is not allowed', async (_, url) => {
    expect(await outcome(newApp().subscriptions.subscribe(url))).toBe('callback-not-allowed');
    expect(await storedRows()).toEqual([]);
  });

  it.each(['10.0.0.4', '127.0.0.1', '169.254.169.254', 'hooks.example:8443'])(
    'may not be on %s, even if the administrator would have it',
    (host) => {
      expect(() => newApp({ WEBHOOK_HOSTS: host })).toThrow('WEBHOOK_HOSTS');
    },
  );

  it.each([
    ['the host itself', 'https://hooks.example/a'],
    ['a host below it', 'https://prod-01.westeurope.hooks.example/a'],
    ['capitals', 'HTTPS://Hooks.Example/a'],
    ['the port that goes without saying', 'https://hooks.example:443/a'],
    ['a query', 'https://hooks.example/a?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=x_Y-z'],
  ])('may have %s', async (_, url) => {
    expect(await outcome(newApp().subscriptions.subscribe(url))).toMatch(/^[\w-]{43}$/);
  });
});
