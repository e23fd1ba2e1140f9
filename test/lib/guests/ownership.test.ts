import { randomBytes, randomUUID } from 'node:crypto';
import { functionKeyHolder as keyHolders, ownerOf, type Caller } from '../../../lib/callers.ts';
import { ownedBy } from '../../../lib/guests/guestState.ts';
import { guestIdOf } from '../../../lib/guests/identity.ts';
import { adjustableClock } from '../../races/adjustableClock.ts';
import { startAgeingCloud } from '../../races/ageingCloud.ts';
import { gatedService, noLimit, type GatedService } from '../../races/gatedService.ts';
import type { TestCloud } from '../../support/testCloud.ts';

// Two applications; the holders of function keys are one caller.
const [ourId, theirId] = ['c0ffee01-0000-4000-8000-0000000000c2', 'c0ffee02-0000-4000-8000-0000000000c2'];
const ours: Caller = { kind: 'application', appId: ourId };
const theirs: Caller = { kind: 'application', appId: theirId };

const clock = adjustableClock();
let cloud: TestCloud;
let service: GatedService;
let meetingUrl: string;
let applicationSessionId: string;
let guestId: string;

beforeAll(async () => {
  cloud = await startAgeingCloud(clock);
});
beforeEach(() => {
  service = gatedService(cloud, clock.now);
  meetingUrl = `https://meet.lync.example/contoso/testuser/${randomBytes(6).toString('hex')}`;
  applicationSessionId = randomUUID();
  guestId = guestIdOf(applicationSessionId);
});
afterAll(() => cloud.stop());

const issue = (caller: Caller, url = meetingUrl, id = applicationSessionId) =>
  service.issue({ meetingUrl: url, applicationSessionId: id, caller }, noLimit());
const rejoin = (caller: Caller) => service.rejoin({ applicationSessionId, caller }, noLimit());
const row = () => cloud.table('guests').getEntity(guestId, 'guest');
const takenBySomebody = { code: 'session-bound-to-another-meeting', status: 409 };
const notThere = { code: 'guest-not-found', status: 404 };

async function admit(caller: Caller, count: number): Promise<string[]> {
  const issued = await Promise.all(Array.from({ length: count }, () => issue(caller, meetingUrl, randomUUID())));
  return issued.map((guest) => guest.row.guestId).sort();
}

/** Follows the cursors to the end. */
async function pagesOf(caller: Caller): Promise<string[][]> {
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await service.search.inMeeting(meetingUrl, cursor, caller);
    pages.push(page.guests.map((guest) => guest.guestId));
    cursor = page.cursor;
  } while (cursor !== undefined && pages.length < 10);
  return pages;
}

describe('a row', () => {
  const stored = async (owner: Caller) => {
    const { row: found } = await issue(owner);
    return service.deps.guests.read(found.guestId);
  };

  test('is its owner’s, to the letter, and nobody else’s', async () => {
    const owned = await stored(ours);
    expect(ownedBy(owned, ourId)).toBe(owned);
    for (const other of [theirId, ownerOf(keyHolders), ourId.toUpperCase(), `${ourId} `, ourId.slice(1), '']) {
      expect(ownedBy(owned, other)).toBeUndefined();
    }
    expect(ownedBy(undefined, ownerOf(keyHolders))).toBeUndefined();
  });

  test('without an owner is the key holders’', async () => {
    const owned = await stored(keyHolders);
    expect(owned).not.toHaveProperty('owner');
    expect(ownedBy(owned, ownerOf(keyHolders))).toBe(owned);
    expect(ownedBy(owned, ourId)).toBeUndefined();
  });

  test('keeps its owner through rejoins and removal', async () => {
    await issue(ours);
    await rejoin(ours);
    await issue(ours);
    expect(await row()).toMatchObject({ owner: ourId, rejoinCount: 2 });
    await service.remove(guestId, ours);
    expect(await row()).toMatchObject({ owner: ourId, state: 'removed' });
  });

  test('of an id that we made has an owner too', async () => {
    const issued = await service.issue({ meetingUrl, caller: ours }, noLimit());
    expect(await cloud.table('guests').getEntity(issued.row.guestId, 'guest')).toMatchObject({ owner: ourId });
  });
});

test.each([
  ['another application', ours, theirs],
  ['an application', keyHolders, ours],
  ['a key holder', ours, keyHolders],
])('to %s a guest is not there, and their id is taken until they are forgotten', async (_, owner, other) => {
  const expectNobody = async () => {
    const before = (await row()).etag;
    await expect(rejoin(other)).rejects.toMatchObject(notThere);
    await expect(service.search.get(guestId, other)).rejects.toMatchObject(notThere);
    await expect(service.remove(guestId, other)).rejects.toMatchObject(notThere);
    await expect(issue(other)).rejects.toMatchObject(takenBySomebody);
    await expect(issue(other, `${meetingUrl}0`)).rejects.toMatchObject(takenBySomebody);
    expect((await pagesOf(other)).flat()).toEqual([]);
    expect((await row()).etag).toBe(before);
  };
  await issue(owner);
  await expectNobody();
  clock.advance({ hours: 23, minutes: 59 });
  await expectNobody();
  await service.remove(guestId, owner);
  await expectNobody();
  clock.advance({ hours: 23, minutes: 59 });
  await expectNobody();

  clock.advance({ minutes: 1 });
  const { created, row: taken } = await issue(other);
  expect({ created, owner: taken.owner }).toEqual({ created: true, owner: ownerOf(other) });
  expect((await row())['owner']).toBe(ownerOf(other));
  await expect(rejoin(owner)).rejects.toMatchObject(notThere);
  await expect(service.remove(guestId, owner)).rejects.toMatchObject(notThere);
  await expect(issue(owner)).rejects.toMatchObject(takenBySomebody);
  expect((await pagesOf(owner)).flat()).toEqual([]);
  expect((await pagesOf(other)).flat()).toEqual([guestId]);
});

test('who takes the id of a forgotten guest is not listed in the meeting that the guest was in', async () => {
  await issue(ours);
  clock.advance({ hours: 24 });
  await issue(theirs, `${meetingUrl}0`);
  expect((await cloud.rows('meetingGuests')).filter(({ rowKey }) => rowKey === guestId)).toHaveLength(2);
  expect([await pagesOf(ours), await pagesOf(theirs)]).toEqual([[[]], [[]]]);
});

test('a purge leaves the guest of whoever took the id alone', async () => {
  await issue(ours);
  clock.advance({ hours: 25 });
  await issue(theirs);
  await service.purge();
  expect(await row()).toMatchObject({ owner: theirId });
  expect((await pagesOf(theirs)).flat()).toEqual([guestId]);
});

describe('a search', () => {
  test('leaves the guests of others out of its pages, which get short but go on', async () => {
    const [mine, others] = [await admit(ours, 14), await admit(theirs, 40)];
    await admit(keyHolders, 6);
    const pages = await pagesOf(ours);
    expect(pages.flat().sort()).toEqual(mine);
    // Fifty entries make a page, whosever they are.
    expect(pages).toHaveLength(2);
    expect((await pagesOf(theirs)).flat().sort()).toEqual(others);
    expect((await pagesOf(keyHolders)).flat()).toHaveLength(6);
  });

  test('has pages without any guest of the caller’s, with a cursor all the same', async () => {
    await admit(theirs, 50);
    const first = await service.search.inMeeting(meetingUrl, undefined, ours);
    expect(first).toEqual({ guests: [], cursor: expect.any(String) as string });
    expect(await service.search.inMeeting(meetingUrl, first.cursor, ours)).toEqual({ guests: [] });
  });

  test('with the cursor of another application gives the caller’s own guests only', async () => {
    await admit(theirs, 50);
    await admit(ours, 1);
    const { cursor } = await service.search.inMeeting(meetingUrl, undefined, theirs);
    const { guests } = await service.search.inMeeting(meetingUrl, cursor, ours);
    expect(guests.filter(({ owner }) => owner !== ourId)).toEqual([]);
  });
});

test('whoever takes the id of a forgotten guest is a participant of their own where a platform keeps identities', async () => {
  const onPremises = gatedService(cloud, clock.now, { platform: 'ucwa' });
  const request = { meetingUrl: 'https://meet.contoso.example/john/5LB7MRBC', applicationSessionId };
  const { issued } = cloud.simulator.world.onPremises;
  const first = await onPremises.issue({ ...request, caller: ours }, noLimit());
  clock.advance({ hours: 24 });
  const second = await onPremises.issue({ ...request, caller: theirs }, noLimit());
  const participants = [first, second].map(({ join }) => issued.find(({ token }) => token === join.token)?.identity);
  expect(new Set(participants).size).toBe(2);
  await expect(onPremises.rejoin({ applicationSessionId, caller: ours }, noLimit())).rejects.toMatchObject(notThere);
  const again = await onPremises.rejoin({ applicationSessionId, caller: theirs }, noLimit());
  expect(issued.find(({ token }) => token === again.join.token)?.identity).toBe(participants[1]);
});
