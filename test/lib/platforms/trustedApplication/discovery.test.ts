import { Discovery, type Discovered } from '../../../../lib/platforms/trustedApplication/discovery.ts';
import { Problem } from '../../../../lib/problem.ts';

/** A discovery whose result is decided by the test, and the clock of the discovery. */
class ControlledDiscovery {
  readonly begun: { find: (discovered: Discovered) => void; fail: (error: Error) => void }[] = [];
  nowMs = 1_000_000;

  readonly discovery = new Discovery({
    discover: () =>
      new Promise((resolve, reject) => {
        this.begun.push({ find: resolve, fail: reject });
      }),
    now: () => this.nowMs,
  });

  /** A discovery that has run once and found the result. */
  static async that(found: Discovered): Promise<ControlledDiscovery> {
    const discoveries = new ControlledDiscovery();
    const waiting = discoveries.discovery.get(signal());
    discoveries.begun[0]?.find(found);
    await waiting;
    return discoveries;
  }
}

const signal = (): AbortSignal => new AbortController().signal;
const found = (href: string): Discovered => ({ anonApplicationTokens: new URL(href), adhocMeetings: undefined });
const first = found('https://ring0.lync.example/1');
const second = found('https://ring0.lync.example/2');
const minutes = 60_000;

describe('the first discovery', () => {
  test('serves all who wait for it', async () => {
    const discoveries = new ControlledDiscovery();
    const waiting = Array.from({ length: 50 }, () => discoveries.discovery.get(signal()));
    expect(discoveries.begun).toHaveLength(1);
    discoveries.begun[0]?.find(first);
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([first]));
  });

  test('that fails fails all who wait, and the next request discoveries again at once', async () => {
    const discoveries = new ControlledDiscovery();
    const waiting = [discoveries.discovery.get(signal()), discoveries.discovery.get(signal())];
    discoveries.begun[0]?.fail(new Error('down'));
    for (const one of waiting) await expect(one).rejects.toThrow('down');

    const again = discoveries.discovery.get(signal());
    discoveries.begun[1]?.find(first);
    await expect(again).resolves.toBe(first);
  });

  test('goes on for the others when a request that waits for it is given up', async () => {
    const discoveries = new ControlledDiscovery();
    const impatient = new AbortController();
    const givenUp = discoveries.discovery.get(impatient.signal);
    const patient = discoveries.discovery.get(signal());
    impatient.abort();
    await expect(givenUp).rejects.toMatchObject({ code: 'cancelled' });
    discoveries.begun[0]?.find(first);
    await expect(patient).resolves.toBe(first);
    expect(discoveries.begun).toHaveLength(1);
  });

  test('is not waited for by a request that is over already', async () => {
    await expect(new ControlledDiscovery().discovery.get(AbortSignal.abort())).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('what was found', () => {
  test('is used for an hour without another discovery', async () => {
    const discoveries = await ControlledDiscovery.that(first);
    discoveries.nowMs += 60 * minutes - 1;
    await expect(discoveries.discovery.get(signal())).resolves.toBe(first);
    expect(discoveries.begun).toHaveLength(1);
  });

  test('is looked up again after an hour by one request, while the others go on with it', async () => {
    const discoveries = await ControlledDiscovery.that(first);
    discoveries.nowMs += 60 * minutes;
    const renewing = discoveries.discovery.get(signal());
    await expect(discoveries.discovery.get(signal())).resolves.toBe(first);
    expect(discoveries.begun).toHaveLength(2);
    discoveries.begun[1]?.find(second);
    await expect(renewing).resolves.toBe(second);
    await expect(discoveries.discovery.get(signal())).resolves.toBe(second);
  });

  test('stays in use while looking it up again fails, which is tried every 30 s', async () => {
    const discoveries = await ControlledDiscovery.that(first);
    discoveries.nowMs += 60 * minutes;
    for (let failures = 1; failures <= 3; failures++) {
      const renewing = discoveries.discovery.get(signal());
      discoveries.begun[failures]?.fail(new Error('down'));
      await expect(renewing).resolves.toBe(first);
      discoveries.nowMs += 29_999;
      await expect(discoveries.discovery.get(signal())).resolves.toBe(first);
      expect(discoveries.begun).toHaveLength(failures + 1);
      discoveries.nowMs += 1;
    }
    const renewing = discoveries.discovery.get(signal());
    discoveries.begun[4]?.find(second);
    await expect(renewing).resolves.toBe(second);
  });
});

describe('a result that failed in use', () => {
  test('is renewed by one discovery for all whom it failed', async () => {
    const discoveries = await ControlledDiscovery.that(first);
    discoveries.nowMs += 30_000;
    const renewing = Array.from({ length: 20 }, () => discoveries.discovery.renew(first, signal()));
    expect(discoveries.begun).toHaveLength(2);
    discoveries.begun[1]?.find(second);
    expect(new Set(await Promise.all(renewing))).toEqual(new Set([second]));
  });

  test('is not renewed when a newer one is known', async () => {
    const discoveries = await ControlledDiscovery.that(first);
    discoveries.nowMs += 30_000;
    const renewing = discoveries.discovery.renew(first, signal());
    discoveries.begun[1]?.find(second);
    await renewing;
    await expect(discoveries.discovery.renew(first, signal())).resolves.toBe(second);
    expect(discoveries.begun).toHaveLength(2);
  });

  test('is renewed at most every 30 s', async () => {
    const discoveries = await ControlledDiscovery.that(first);
    discoveries.nowMs += 29_999;
    await expect(discoveries.discovery.renew(first, signal())).resolves.toBeUndefined();
    expect(discoveries.begun).toHaveLength(1);
    discoveries.nowMs += 1;
    const renewing = discoveries.discovery.renew(first, signal());
    discoveries.begun[1]?.find(second);
    await expect(renewing).resolves.toBe(second);
  });

  test('stays the best that is known when the new discovery fails', async () => {
    const discoveries = await ControlledDiscovery.that(first);
    discoveries.nowMs += 30_000;
    const renewing = discoveries.discovery.renew(first, signal());
    discoveries.begun[1]?.fail(new Error('down'));
    await expect(renewing).resolves.toBeUndefined();
    await expect(discoveries.discovery.get(signal())).resolves.toBe(first);
  });
});

test('a renewal that the platform refuses says so; one that fails otherwise leaves the last good result in use', async () => {
  const refused = new Problem('platform-refused', 'no', { reason: 'not-registered-or-consented' });
  const discoveries = await ControlledDiscovery.that(first);
  discoveries.nowMs += minutes;
  const renewal = discoveries.discovery.renew(first, signal());
  discoveries.begun[1]?.fail(refused);
  await expect(renewal).rejects.toBe(refused);
  await expect(discoveries.discovery.get(signal())).resolves.toBe(first);
});
