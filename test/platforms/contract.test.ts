import { randomBytes, randomUUID } from 'node:crypto';
import { createService, type Service } from '../../lib/service.ts';
import type { Admitted } from '../../lib/guests/tokens.ts';
import { guestIdOf } from '../../lib/guests/identity.ts';
import type { MeetingPlatform } from '../../lib/platforms/platform.ts';
import { readSettings } from '../../lib/settings.ts';
import { adjustableClock } from '../races/adjustableClock.ts';
import { platformOf } from '../support/platforms.ts';
import { startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { descriptors, platformsUnderContract, type PlatformUnderContract } from './platformsUnderContract.ts';

const clock = adjustableClock();
const keysName = 'guest-keys';
let cloud: TestCloud;
let keys: string;

beforeAll(async () => {
  cloud = await startTestCloud({ now: clock.now });
  keys = cloud.simulator.world.secrets.find(keysName)?.value ?? '';
});
beforeEach(async () => {
  await cloud.simulator.world.reset();
  // Longer than all the hours by which the clock is moved on here.
  cloud.simulator.world.entra.tokenLifetimeSeconds = 10 * 365 * 86_400;
});
afterAll(() => cloud.stop());

const noLimit = (): AbortSignal => new AbortController().signal;
const allPlatforms = { MEETING_PLATFORMS: descriptors.map(({ name }) => name).join() };
const settings = () => readSettings({ ...cloud.environment, ...allPlatforms }, descriptors);
/** As another process would have: apps share nothing but the servers. */
const newApp = (): Service => createService(settings(), { now: clock.now });
const newPlatform = ({ name }: PlatformUnderContract): MeetingPlatform =>
  platformOf(settings(), name, { now: clock.now });

describe.each(platformsUnderContract)('a guest of $name at $meetingUrl', (platform) => {
  const { meetingUrl, otherMeetingUrl, tokenServer } = platform;
  let app: Service;
  let applicationSessionId: string;

  beforeEach(() => {
    app = newApp();
    applicationSessionId = randomUUID();
  });

  const issue = (by = app, url = meetingUrl) => by.issue({ meetingUrl: url, applicationSessionId }, noLimit());
  const rejoin = (by = app) => by.rejoin({ applicationSessionId }, noLimit());
  const participants = (...admitted: Admitted[]): (string | undefined)[] => [
    ...new Set(admitted.map(({ join }) => platform.participantOf(cloud.simulator.world, join.token))),
  ];

  test('gets a token with an id of our making, and everything that it takes to join', async () => {
    const { created, guest, row, join } = await app.issue({ meetingUrl }, noLimit());
    expect(created).toBe(true);
    expect(guest).toMatchObject({
      meetingUrl,
      applicationSessionId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
    expect(row).toMatchObject({ platform: platform.name, state: 'active', rejoinCount: 0 });
    expect(new URL(join.discoverUrl ?? '').protocol).toBe('https:');
    expect(join.expiryTime).toEqual(new Date(clock.now() + platform.longestTokenLifeSeconds * 1_000));
    expect(join.expiryTime.getTime()).toBeLessThanOrEqual(row.tokensValidUntil.getTime());
    expect(participants({ guest, row, join })).toEqual([expect.any(String)]);
  });

  test('who asks again with an id of their own is the same guest, in any process', async () => {
    const first = await issue();
    clock.advance({ minutes: 1 });
    const again = await issue();
    clock.advance({ minutes: 1 });
    const elsewhere = await issue(newApp());
    expect([first, again, elsewhere].map(({ created }) => created)).toEqual([true, false, false]);
    expect([first, again, elsewhere].map(({ row }) => row.rejoinCount)).toEqual([0, 1, 2]);
    expect(participants(first, again, elsewhere)).toHaveLength(1);
    expect(new Set([first, again, elsewhere].map(({ join }) => join.token)).size).toBe(3);
  });

  test('who rejoins is the same guest, in any process, for as long as they keep coming', async () => {
    const admitted: Admitted[] = [await issue()];
    for (let hour = 0; hour < 4; hour++) {
      clock.advance({ minutes: 59 });
      admitted.push(await rejoin(hour % 2 === 0 ? app : newApp()));
    }
    expect(admitted.map(({ join }) => join.identityPreserved)).toEqual(Array(5).fill(true));
    expect(participants(...admitted)).toHaveLength(1);
    expect(admitted.at(-1)?.row).toMatchObject({ rejoinCount: 4, lastTokenAt: new Date(clock.now()) });
  });

  test('whose token has ended learns whether they are still the same participant', async () => {
    const first = await issue();
    clock.advance({ hours: 9 });
    const second = await rejoin();
    expect(second.join.identityPreserved).toBe(platform.knowsGuestsForGood);
    expect(participants(first, second)).toHaveLength(platform.knowsGuestsForGood ? 1 : 2);
    const third = await rejoin();
    expect(third.join.identityPreserved).toBe(true);
    expect(participants(second, third)).toHaveLength(1);
  });

  test('is not let into another meeting', async () => {
    await issue();
    const before = tokenServer.calls(cloud.simulator.world);
    await expect(issue(app, otherMeetingUrl)).rejects.toMatchObject({ status: 409 });
    await expect(issue(newApp(), otherMeetingUrl)).rejects.toMatchObject({ code: 'session-bound-to-another-meeting' });
    expect(tokenServer.calls(cloud.simulator.world)).toBe(before);
  });

  test('is not the guest of another session', async () => {
    const [one, other] = await Promise.all([
      app.issue({ meetingUrl }, noLimit()),
      app.issue({ meetingUrl }, noLimit()),
    ]);
    expect(participants(one, other)).toHaveLength(2);
    expect(one.join.token).not.toBe(other.join.token);
  });

  test('is in the meeting’s list until removed, and then refused everywhere', async () => {
    const { row } = await issue();
    expect((await app.search.inMeeting(meetingUrl)).guests.map(({ guestId }) => guestId)).toContain(row.guestId);
    await newApp().remove(row.guestId);
    await expect(rejoin()).rejects.toMatchObject({ code: 'guest-removed', status: 410 });
    await expect(issue()).rejects.toMatchObject({ code: 'guest-removed' });
    expect((await app.search.inMeeting(meetingUrl)).guests.map(({ guestId }) => guestId)).not.toContain(row.guestId);
  });

  test('of two issues that race for one id, in two processes, is one participant', async () => {
    const [one, other] = [newApp(), newApp()];
    for (let round = 0; round < 5; round++) {
      applicationSessionId = randomUUID();
      const admitted = await Promise.all([issue(one), issue(other)]);
      expect(participants(...admitted)).toHaveLength(1);
      expect(admitted.filter(({ created }) => created)).toHaveLength(1);
      expect(participants(...admitted, await rejoin(newApp()))).toHaveLength(1);
    }
  });

  test('who rejoins many times at once, in two processes, is one participant', async () => {
    const first = await issue();
    const apps = [newApp(), newApp()];
    const storm = await Promise.all(Array.from({ length: 12 }, (_, index) => rejoin(apps[index % 2])));
    expect(participants(first, ...storm)).toHaveLength(1);
    expect(storm.map(({ join }) => join.identityPreserved)).toEqual(Array(12).fill(true));
  });

  test.each([
    ['is out of order', { status: 503 }, 'platform-unavailable'],
    ['asks to slow down', { status: 429 }, 'too-many-requests'],
    ['breaks its answers off', { cut: 'mid-body' }, 'platform-unavailable'],
    ['answers with something else', { malformed: true }, 'platform-refused'],
  ] as const)(
    'while the platform %s: a problem with the id, and the same request succeeds later',
    async (_, fault, code) => {
      const { world } = cloud.simulator;
      tokenServer.break(world, fault);
      await expect(issue()).rejects.toMatchObject({ code });
      await tokenServer.mend(world);
      const first = await issue();
      tokenServer.break(world, fault);
      // Only the platform's own 429 is the caller's to wait for, and carries no id.
      const expected = code === 'too-many-requests' ? { code } : { code, applicationSessionId };
      await expect(rejoin(newApp())).rejects.toMatchObject(expected);
      await tokenServer.mend(world);
      const second = await rejoin(newApp());
      expect(second.join.identityPreserved).toBe(true);
      expect(participants(first, second)).toHaveLength(1);
    },
  );

  test('of a first attempt that failed without an answer gets the id to try again with', async () => {
    const { world } = cloud.simulator;
    await tokenServer.takeDown(world);
    const failure: unknown = await app.issue({ meetingUrl }, noLimit()).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'platform-unavailable', retryAfterSeconds: expect.any(Number) as number });
    const { applicationSessionId: given = '' } = failure as { applicationSessionId?: string };
    await tokenServer.mend(world);
    const [first, second] = [
      await newApp().issue({ meetingUrl, applicationSessionId: given }, noLimit()),
      await newApp().issue({ meetingUrl, applicationSessionId: given }, noLimit()),
    ];
    expect(first.row.guestId).toBe(guestIdOf(given));
    expect(participants(first, second)).toHaveLength(1);
  });

  test('whose key is gone from the ring is known again when it is back', async () => {
    const { secrets } = cloud.simulator.world;
    const first = await issue();
    secrets.set(keysName, `k9.${randomBytes(32).toString('base64')}`);
    const stranger = newApp();
    for (const attempt of [rejoin(stranger), issue(stranger)]) {
      await expect(attempt).rejects.toMatchObject({ code: 'secrets-unavailable', applicationSessionId });
    }
    secrets.set(keysName, keys);
    const second = await rejoin(newApp());
    expect(second.join.identityPreserved).toBe(true);
    expect(participants(first, second)).toHaveLength(1);
  });

  test('moves on to a new key, and is found and known when the old one is gone', async () => {
    const { secrets } = cloud.simulator.world;
    const newKey = `k2.${randomBytes(32).toString('base64')}`;
    const first = await issue();
    secrets.set(keysName, `${newKey}\n${keys}`);
    const second = await rejoin(newApp());
    secrets.set(keysName, newKey);
    const later = newApp();
    const third = await rejoin(later);
    expect(participants(first, second, third)).toHaveLength(1);
    const { guests } = await later.search.inMeeting(meetingUrl);
    expect(guests.map(({ guestId }) => guestId)).toContain(first.row.guestId);
  });

  test('passes its health check, past all caches', async () => {
    const before = tokenServer.calls(cloud.simulator.world);
    await app.checkDiscovery(undefined, () => undefined);
    const { checks } = await app.health.report();
    const steps = checks.find(({ name }) => name === platform.name)?.steps ?? [];
    expect(steps.map(({ outcome }) => outcome)).toEqual(steps.map(() => 'pass'));
    expect(steps.length).toBeGreaterThan(0);
    expect(tokenServer.calls(cloud.simulator.world)).toBe(before);
  });
});

test.each(platformsUnderContract)('$name at $meetingUrl creates meetings, or does not have the means', (platform) => {
  const itself = newPlatform(platform);
  expect(itself.name).toBe(platform.name);
  expect(typeof itself.createMeeting).toBe(platform.meetingCall ? 'function' : 'undefined');
});

const creators = platformsUnderContract.flatMap((platform) =>
  platform.meetingCall ? [{ ...platform, meetingCall: platform.meetingCall }] : [],
);

describe.each(creators)('a meeting of $name', (platform) => {
  const { meetingCall } = platform;
  const create = () => newPlatform(platform).createMeeting?.({ subject: 'Advice' }, 'request-1', noLimit());

  test('lies ahead, and guests of that platform join it', async () => {
    const meeting = await create();
    expect(meeting?.expiryTime.getTime()).toBeGreaterThan(clock.now());
    const { meetingUrl = '' } = meeting ?? {};
    expect(newPlatform(platform).readLink(new URL(meetingUrl))).toBeDefined();
    const { row, join } = await newApp().issue({ meetingUrl }, noLimit());
    expect(row.platform).toBe(platform.name);
    expect(platform.participantOf(cloud.simulator.world, join.token)).toEqual(expect.any(String));
  });

  test('is another one each time', async () => {
    const [one, other] = await Promise.all([create(), create()]);
    expect(one?.meetingUrl).not.toBe(other?.meetingUrl);
  });

  test.each([
    ['is out of order', { status: 503 }, 'platform-unavailable'],
    ['loses its answer', { cut: 'before-answer' }, 'platform-unavailable'],
    ['breaks its answer off', { cut: 'mid-body' }, 'platform-unavailable'],
    ['takes too long', { status: 504 }, 'platform-timeout'],
    ['answers with something else', { malformed: true }, 'platform-refused'],
  ] as const)('is asked for once while the platform %s, and is a problem', async (_, fault, code) => {
    cloud.simulator.world.faults.set(meetingCall, fault);
    await expect(create()).rejects.toMatchObject({ name: 'Problem', code });
    expect(cloud.simulator.world.counts()[meetingCall]).toBe(1);
  });
});
