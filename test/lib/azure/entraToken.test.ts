import { EntraTokens } from '../../../lib/azure/entraToken.ts';
import { openVault } from '../../../lib/azure/vault.ts';
import { readSettings } from '../../../lib/settings.ts';
import { readWebToken } from '../../../local/simulator/webToken.ts';
import { trustedApplicationOf } from '../../support/platforms.ts';
import { startTestCloud, type TestCloud } from '../../support/testCloud.ts';

let cloud: TestCloud;
let tokens: EntraTokens;
/** How far the clock of the cache is ahead of Entra's. */
let aheadMs = 0;

beforeAll(async () => {
  cloud = await startTestCloud();
});
beforeEach(async () => {
  await cloud.simulator.world.reset();
  aheadMs = 0;
  tokens = newTokens();
});
afterAll(() => cloud.stop());

const minutes = 60_000;
const secretName = 'entra-client-secret';

function newTokens(changes: Record<string, string> = {}): EntraTokens {
  const settings = readSettings({ ...cloud.environment, ...changes });
  const { entra, audience } = trustedApplicationOf({ ...cloud.environment, ...changes });
  const { development } = settings;
  const now = () => Date.now() + aheadMs;
  return new EntraTokens({ entra, audience, readSecret: openVault(settings), development, now });
}

const asked = () => cloud.simulator.world.counts()['entra.token'];
const secretReads = () =>
  cloud.simulator.world.calls.filter(({ path, authorized }) => authorized && path.includes(secretName)).length;

/** Replaces the client secret in Entra, and in the vault too if it is given there. */
function rotate(inEntra: string, inVault?: string): void {
  const { world } = cloud.simulator;
  world.entra.acceptedSecrets = [inEntra];
  if (inVault !== undefined) world.secrets.set(secretName, inVault);
}

describe('a token', () => {
  test('is for the audience and in the name of the application', async () => {
    const claims = readWebToken(await tokens.get())?.claims;
    expect(claims).toMatchObject({ aud: 'https://api.skype.example', appid: cloud.simulator.entra.clientId });
  });

  test('is asked for once by all who need it at once, with one read of the secret', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, () => tokens.get()));
    expect(new Set(all).size).toBe(1);
    expect([asked(), secretReads()]).toEqual([1, 1]);
  });

  test('is kept until five minutes before its end', async () => {
    const first = await tokens.get();
    aheadMs = 54 * minutes;
    expect(await tokens.get()).toBe(first);
    aheadMs = 56 * minutes;
    expect(await tokens.get()).not.toBe(first);
    expect([asked(), secretReads()]).toEqual([2, 1]);
  });

  test('is renewed by one caller, while the others go on with the old one', async () => {
    const old = await tokens.get();
    aheadMs = 56 * minutes;
    cloud.simulator.world.faults.set('entra.token', { delayMs: 300 });
    const renewing = tokens.get();
    const others = Promise.all([tokens.get(), tokens.get(), tokens.get()]);
    expect(await Promise.race([renewing, others])).toEqual([old, old, old]);
    expect(await renewing).not.toBe(old);
    expect(asked()).toBe(2);
  });

  test('past its end is waited for by all', async () => {
    const old = await tokens.get();
    aheadMs = 61 * minutes;
    const [first, second] = await Promise.all([tokens.get(), tokens.get()]);
    expect([first === old, first === second]).toEqual([false, true]);
    expect(asked()).toBe(2);
  });

  test('stays in use while it lasts and Entra fails', async () => {
    const old = await tokens.get();
    await cloud.simulator.world.faults.down('entra', true);
    aheadMs = 59 * minutes;
    expect(await tokens.get()).toBe(old);
    aheadMs = 60 * minutes;
    await expect(tokens.get()).rejects.toMatchObject({ code: 'platform-unavailable', retryAfterSeconds: 5 });
  });
});

describe('a token that the platform refused', () => {
  test('is forgotten, and another one is asked for', async () => {
    const refused = await tokens.get();
    tokens.drop(refused);
    const next = await tokens.get();
    expect(next).not.toBe(refused);
    expect(asked()).toBe(2);
  });

  test('is forgotten once: who drops it late drops nothing', async () => {
    const refused = await tokens.get();
    tokens.drop(refused);
    const next = await tokens.get();
    tokens.drop(refused);
    expect(await tokens.get()).toBe(next);
    expect(asked()).toBe(2);
  });

  test('is replaced once for all who drop it together', async () => {
    const refused = await tokens.get();
    const renewed = await Promise.all(
      Array.from({ length: 10 }, () => {
        tokens.drop(refused);
        return tokens.get();
      }),
    );
    expect(new Set(renewed).size).toBe(1);
    expect(asked()).toBe(2);
  });
});

describe('a client secret that Entra refuses', () => {
  const rejected = { code: 'platform-refused', reason: 'credentials-rejected' };

  test('is read again and the call repeated, so that a replaced secret is not noticed', async () => {
    const first = await tokens.get();
    rotate('the next one', 'the next one');
    tokens.drop(first);
    await expect(tokens.get()).resolves.toBeDefined();
    expect([asked(), secretReads()]).toEqual([3, 2]);
  });

  test('is read again at most every 30 s', async () => {
    await tokens.get();
    rotate('the next one');
    tokens.drop(await tokens.get());
    await expect(tokens.get()).rejects.toMatchObject(rejected);
    expect(secretReads()).toBe(2);

    aheadMs = 29_000;
    await expect(tokens.get()).rejects.toMatchObject(rejected);
    expect(secretReads()).toBe(2);

    aheadMs = 31_000;
    cloud.simulator.world.secrets.set(secretName, 'the next one');
    await expect(tokens.get()).resolves.toBeDefined();
    expect(secretReads()).toBe(3);
  });

  test('is a problem that tells neither the secret nor what Entra said', async () => {
    rotate('another one');
    const problem: unknown = await tokens.get().catch((error: unknown) => error);
    expect(problem).toMatchObject(rejected);
    expect(String(problem)).not.toMatch(/AADSTS|another one/);
  });

  test('does not end the use of a token that lasts', async () => {
    const first = await tokens.get();
    rotate('the next one');
    aheadMs = 57 * minutes;
    expect(await tokens.get()).toBe(first);
  });
});

describe('a vault that fails', () => {
  test('is a problem of the secrets, and is asked again next time', async () => {
    cloud.simulator.world.faults.set('vault.secret', { status: 403 });
    await expect(tokens.get()).rejects.toMatchObject({ code: 'secrets-unavailable' });
    cloud.simulator.world.faults.clear();
    await expect(tokens.get()).resolves.toBeDefined();
  });

  test('is not noticed once the secret is known', async () => {
    await tokens.get();
    await cloud.simulator.world.faults.down('vault', true);
    aheadMs = 61 * minutes;
    await expect(tokens.get()).resolves.toBeDefined();
  });
});

test('answers that are no token are an outage of Entra', async () => {
  for (const fault of [{ status: 500 }, { malformed: true }, { body: '{}' }, { body: 'null' }]) {
    cloud.simulator.world.faults.set('entra.token', fault);
    await expect(tokens.get()).rejects.toMatchObject({ code: 'platform-unavailable' });
  }
});

test('a tenant or application that Entra does not know is told as rejected credentials', async () => {
  const unknown = newTokens({ ENTRA_CLIENT_ID: '99999999-2222-4333-8444-555555555555' });
  const problem = { code: 'platform-refused', reason: 'credentials-rejected' };
  await expect(unknown.get()).rejects.toMatchObject(problem);
});
