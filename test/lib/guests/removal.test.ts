import { randomUUID } from 'node:crypto';
import { guestIdOf } from '../../../lib/guests/identity.ts';
import { Problem } from '../../../lib/problem.ts';
import { adjustableClock } from '../../races/adjustableClock.ts';
import { startAgeingCloud } from '../../races/ageingCloud.ts';
import { gatedService, noLimit, type GatedService } from '../../races/gatedService.ts';
import { meetingUrl, type TestCloud } from '../../support/testCloud.ts';

const clock = adjustableClock();
let cloud: TestCloud;
let one: GatedService;
let other: GatedService;
let applicationSessionId: string;
let guestId: string;

beforeAll(async () => {
  cloud = await startAgeingCloud(clock);
});

beforeEach(async () => {
  one = gatedService(cloud, clock.now);
  other = gatedService(cloud, clock.now);
  applicationSessionId = randomUUID();
  guestId = guestIdOf(applicationSessionId);
  await one.issue({ meetingUrl, applicationSessionId }, noLimit());
});

afterAll(() => cloud.stop());

const row = () => cloud.table('guests').getEntity(guestId, 'guest');
const entries = async () => (await cloud.rows('meetingGuests')).filter(({ rowKey }) => rowKey === guestId);

test('leaves a tombstone without the meeting, and no entry in the meeting', async () => {
  const { removedAt, tokensValidUntil } = await one.remove(guestId);
  expect(removedAt).toEqual(new Date(clock.now()));
  expect(await row()).toMatchObject({ state: 'removed', sealed: '', removedAt, tokensValidUntil });
  expect(await entries()).toEqual([]);
  await expect(other.rejoin({ applicationSessionId }, noLimit())).rejects.toMatchObject({ code: 'guest-removed' });
});

test('answers the same again, from any process and at any time', async () => {
  const first = await one.remove(guestId);
  clock.advance({ hours: 5 });
  expect(await other.remove(guestId)).toEqual(first);
});

test('refuses the session for a whole retention from the removal on, then nobody knows the guest', async () => {
  clock.advance({ hours: 20 });
  await one.remove(guestId);
  clock.advance({ hours: 23 });
  await expect(one.rejoin({ applicationSessionId }, noLimit())).rejects.toMatchObject({ code: 'guest-removed' });
  clock.advance({ hours: 1 });
  await expect(one.rejoin({ applicationSessionId }, noLimit())).rejects.toMatchObject({ code: 'guest-not-found' });
  await expect(one.remove(guestId)).rejects.toMatchObject({ code: 'guest-not-found', status: 404 });
});

test('of somebody who never was is 404', async () => {
  const nobody = one.remove(guestIdOf(randomUUID()));
  await expect(nobody).rejects.toMatchObject({ code: 'guest-not-found' });
});

test('that could not take the guest off the meeting’s list is finished by the next one', async () => {
  one.gates.before('index.drop').fail(new Problem('storage-unavailable', 'Send the same request again.'));
  await expect(one.remove(guestId)).rejects.toMatchObject({ code: 'storage-unavailable' });
  // Removed already, though the caller cannot know.
  await expect(other.rejoin({ applicationSessionId }, noLimit())).rejects.toMatchObject({ code: 'guest-removed' });
  expect(await entries()).toHaveLength(1);

  const { removedAt } = await row();
  expect(await other.remove(guestId)).toMatchObject({ guestId, removedAt });
  expect(await entries()).toEqual([]);
});

test('comes through though a rejoin changes the row in between', async () => {
  const writing = one.gates.before('guests.replace');
  const removing = one.remove(guestId);
  await writing.reached;
  const { row: rejoined } = await other.rejoin({ applicationSessionId }, noLimit());
  writing.open();
  expect(await removing).toMatchObject({ tokensValidUntil: rejoined.tokensValidUntil });
  expect(await row()).toMatchObject({ state: 'removed', rejoinCount: 1 });
});

test('gives up in bounded time on a guest who rejoins before each of its writes, and says when to come back', async () => {
  const tries = 6;
  const writes = Array.from({ length: tries }, () => one.gates.before('guests.replace'));
  const removing = one.remove(guestId);
  for (const writing of writes) {
    await writing.reached;
    await other.rejoin({ applicationSessionId }, noLimit());
    writing.open();
  }
  await expect(removing).rejects.toMatchObject({ code: 'storage-unavailable', retryAfterSeconds: 1 });
  expect(await row()).toMatchObject({ state: 'active', rejoinCount: tries });
  expect(await entries()).toHaveLength(1);
});

test('two at once agree', async () => {
  const [first, second] = await Promise.all([one.remove(guestId), other.remove(guestId)]);
  expect(first).toEqual(second);
});
