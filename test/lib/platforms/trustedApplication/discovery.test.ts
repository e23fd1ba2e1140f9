import { Discovery } from '../../../../lib/platforms/trustedApplication/discovery.ts';
import { Problem } from '../../../../lib/problem.ts';
import type { Discovered } from '../../../../lib/platforms/trustedApplication/discover.ts';

/** A discover whose result is decided by the test, and the clock of the discovery. */
class Walks {
  readonly begun: { find: (discovered: Discovered) => void; fail: (error: Error) => void }[] = [];
  nowMs = 1_000_000;

  readonly discovery = new Discovery({
    discover: () =>
      new Promise((resolve, reject) => {
        this.begun.push({ find: resolve, fail: reject });
      }),
    now: () => this.nowMs,
  });

  /** A discovery that has walked once and found the result. */
  static async that(found: Discovered): Promise<Walks> {
    const walks = new Walks();
    const waiting = walks.discovery.get(signal());
    walks.begun[0]?.find(found);
    await waiting;
    return walks;
  }
}

const signal = (): AbortSignal => new AbortController().signal;
const found = (href: string): Discovered => ({ anonApplicationTokens: new URL(href), adhocMeetings: undefined });
const first = found('https://ring0.lync.example/1');
const second = found('https://ring0.lync.example/2');
const minutes = 60_000;

describe('the first discover', () => {
  test('serves all who wait for it', async () => {
    const walks = new Walks();
    const waiting = Array.from({ length: 50 }, () => walks.discovery.get(signal()));
    expect(walks.begun).toHaveLength(1);
    walks.begun[0]?.find(first);
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([first]));
  });

  test('that fails fails all who wait, and the next request walks again at once', async () => {
    const walks = new Walks();
    const waiting = [walks.discovery.get(signal()), walks.discovery.get(signal())];
    walks.begun[0]?.fail(new Error('down'));
    for (const one of waiting) await expect(one).rejects.toThrow('down');

    const again = walks.discovery.get(signal());
    walks.begun[1]?.find(first);
    await expect(again).resolves.toBe(first);
  });

  test('goes on for the others when a request that waits for it is given up', async () => {
    const walks = new Walks();
    const impatient = new AbortController();
    const givenUp = walks.discovery.get(impatient.signal);
    const patient = walks.discovery.get(signal());
    impatient.abort();
    await expect(givenUp).rejects.toMatchObject({ code: 'cancelled' });
    walks.begun[0]?.find(first);
    await expect(patient).resolves.toBe(first);
    expect(walks.begun).toHaveLength(1);
  });

  test('is not waited for by a request that is over already', async () => {
    await expect(new Walks().discovery.get(AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('what was found', () => {
  test('is used for an hour without another discover', async () => {
    const walks = await Walks.that(first);
    walks.nowMs += 60 * minutes - 1;
    await expect(walks.discovery.get(signal())).resolves.toBe(first);
    expect(walks.begun).toHaveLength(1);
  });

  test('is looked up again after an hour by one request, while the others go on with it', async () => {
    const walks = await Walks.that(first);
    walks.nowMs += 60 * minutes;
    const renewing = walks.discovery.get(signal());
    await expect(walks.discovery.get(signal())).resolves.toBe(first);
    expect(walks.begun).toHaveLength(2);
    walks.begun[1]?.find(second);
    await expect(renewing).resolves.toBe(second);
    await expect(walks.discovery.get(signal())).resolves.toBe(second);
  });

  test('stays in use while looking it up again fails, which is tried every 30 s', async () => {
    const walks = await Walks.that(first);
    walks.nowMs += 60 * minutes;
    for (let failures = 1; failures <= 3; failures++) {
      const renewing = walks.discovery.get(signal());
      walks.begun[failures]?.fail(new Error('down'));
      await expect(renewing).resolves.toBe(first);
      walks.nowMs += 29_999;
      await expect(walks.discovery.get(signal())).resolves.toBe(first);
      expect(walks.begun).toHaveLength(failures + 1);
      walks.nowMs += 1;
    }
    const renewing = walks.discovery.get(signal());
    walks.begun[4]?.find(second);
    await expect(renewing).resolves.toBe(second);
  });
});

describe('a result that failed in use', () => {
  test('is renewed by one discover for all whom it failed', async () => {
    const walks = await Walks.that(first);
    walks.nowMs += 30_000;
    const renewing = Array.from({ length: 20 }, () => walks.discovery.renew(first, signal()));
    expect(walks.begun).toHaveLength(2);
    walks.begun[1]?.find(second);
    expect(new Set(await Promise.all(renewing))).toEqual(new Set([second]));
  });

  test('is not renewed when a newer one is known', async () => {
    const walks = await Walks.that(first);
    walks.nowMs += 30_000;
    const renewing = walks.discovery.renew(first, signal());
    walks.begun[1]?.find(second);
    await renewing;
    await expect(walks.discovery.renew(first, signal())).resolves.toBe(second);
    expect(walks.begun).toHaveLength(2);
  });

  test('is renewed at most every 30 s', async () => {
    const walks = await Walks.that(first);
    walks.nowMs += 29_999;
    await expect(walks.discovery.renew(first, signal())).resolves.toBeUndefined();
    expect(walks.begun).toHaveLength(1);
    walks.nowMs += 1;
    const renewing = walks.discovery.renew(first, signal());
    walks.begun[1]?.find(second);
    await expect(renewing).resolves.toBe(second);
  });

  test('stays the best that is known when the new discover fails', async () => {
    const walks = await Walks.that(first);
    walks.nowMs += 30_000;
    const renewing = walks.discovery.renew(first, signal());
    walks.begun[1]?.fail(new Error('down'));
    await expect(renewing).resolves.toBeUndefined();
    await expect(walks.discovery.get(signal())).resolves.toBe(first);
  });
});

test('a renewal that the platform refuses says so; one that fails otherwise leaves the last good result in use', async () => {
  const refused = new Problem('platform-refused', 'no', { reason: 'not-registered-or-consented' });
  const walks = await Walks.that(first);
  walks.nowMs += minutes;
  const renewal = walks.discovery.renew(first, signal());
  walks.begun[1]?.fail(refused);
  await expect(renewal).rejects.toBe(refused);
  await expect(walks.discovery.get(signal())).resolves.toBe(first);
});
