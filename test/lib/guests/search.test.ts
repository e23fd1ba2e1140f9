import { randomBytes, randomUUID } from 'node:crypto';
import { guestIdOf } from '../../../lib/guests/identity.ts';
import type { GuestRow } from '../../../lib/guests/guestTable.ts';
import { adjustableClock } from '../../races/adjustableClock.ts';
import { gatedService, noLimit, type GatedService } from '../../races/gatedService.ts';
import { startTestCloud, type TestCloud } from '../../support/testCloud.ts';

const clock = adjustableClock();
let cloud: TestCloud;
let service: GatedService;
let meetingUrl: string;

beforeAll(async () => {
  cloud = await startTestCloud({ now: clock.now });
});

beforeEach(async () => {
  await cloud.simulator.world.reset();
  // Longer than all the hours by which the clock is moved on here.
  cloud.simulator.world.entra.tokenLifetimeSeconds = 10 * 365 * 86_400;
  service = gatedService(cloud, clock.now);
  meetingUrl = `https://meet.lync.example/contoso/testuser/${randomBytes(6).toString('hex')}`;
});

afterAll(() => cloud.stop());

async function admit(count: number, through = service): Promise<string[]> {
  const issued = await Promise.all(
    Array.from({ length: count }, () => through.issue({ meetingUrl, applicationSessionId: randomUUID() }, noLimit())),
  );
  return issued.map(({ row }) => row.guestId);
}

/** Follows the cursors to the end. */
async function allPages(search: GatedService['search'], url = meetingUrl): Promise<(readonly GuestRow[])[]> {
  const pages: (readonly GuestRow[])[] = [];
  let cursor: string | undefined;
  do {
    const page = await search.inMeeting(url, cursor);
    pages.push(page.guests);
    cursor = page.cursor;
  } while (cursor !== undefined && pages.length < 20);
  return pages;
}

const ids = (pages: readonly (readonly GuestRow[])[]): string[] =>
  pages
    .flat()
    .map(({ guestId }) => guestId)
    .sort();

test('a meeting without guests is one empty page', async () => {
  expect(await service.search.inMeeting(meetingUrl)).toEqual({ guests: [] });
});

test('more than fifty guests come in pages, each guest once', async () => {
  const admitted = await admit(57);
  const pages = await allPages(service.search);
  expect(pages.map(({ length }) => length)).toEqual([50, 7]);
  expect(ids(pages)).toEqual(admitted.sort());
});

test('fifty guests end with an empty page, because only a missing cursor is the end', async () => {
  await admit(50);
  expect((await allPages(service.search)).map(({ length }) => length)).toEqual([50, 0]);
});

test('removed and expired guests, and those of other meetings, are left out', async () => {
  const expired = await admit(1);
  clock.advance({ hours: 23 });
  const [removed = '', stays = ''] = await admit(2);
  const elsewhere = { meetingUrl: `${meetingUrl}0`, applicationSessionId: randomUUID() };
  await service.issue(elsewhere, noLimit());
  await service.remove(removed);
  clock.advance({ hours: 1 });
  expect(ids(await allPages(service.search))).toEqual([stays]);
  expect(await service.search.get(removed)).toMatchObject({ state: 'removed' });
  await expect(service.search.get(expired[0] ?? '')).rejects.toMatchObject({ code: 'guest-not-found' });
});

test('a guest who has begun anew in another meeting is found there and no longer here', async () => {
  const applicationSessionId = randomUUID();
  await service.issue({ meetingUrl, applicationSessionId }, noLimit());
  clock.advance({ hours: 24 });
  await service.issue({ meetingUrl: `${meetingUrl}0`, applicationSessionId }, noLimit());
  expect(ids(await allPages(service.search))).toEqual([]);
  expect(ids(await allPages(service.search, `${meetingUrl}0`))).toEqual([guestIdOf(applicationSessionId)]);
});

test('however the URL is spelt, it is the same meeting; its path is compared as it is', async () => {
  const [guestId] = await admit(1);
  const spelt = meetingUrl.replace('https://meet.lync.example/', 'HTTPS://MEET.lync.example:443/');
  expect(ids(await allPages(service.search, `${spelt}#here`))).toEqual([guestId]);
  expect(ids(await allPages(service.search, meetingUrl.replace('contoso', 'Contoso')))).toEqual([]);
});

describe('while the key ring rotates', () => {
  test('guests who were indexed under the old and under the new key are all found', async () => {
    const { secrets } = cloud.simulator.world;
    const oldKey = secrets.find('guest-keys')?.value ?? '';
    const before = await admit(52);
    secrets.set('guest-keys', `k2.${randomBytes(32).toString('base64')}\n${oldKey}`);
    const rotated = gatedService(cloud, clock.now);
    const after = await admit(3, rotated);
    const pages = await allPages(rotated.search);
    expect(ids(pages)).toEqual([...before, ...after].sort());
    expect(pages.map(({ length }) => length)).toEqual([3, 50, 2]);
  });

  test('a cursor under a key that has left the ring is refused, not taken for the end', async () => {
    await admit(51);
    const { cursor } = await service.search.inMeeting(meetingUrl);
    cloud.simulator.world.secrets.set('guest-keys', `k9.${randomBytes(32).toString('base64')}`);
    const rotated = gatedService(cloud, clock.now);
    await expect(rotated.search.inMeeting(meetingUrl, cursor)).rejects.toMatchObject({ code: 'invalid-request' });
  });
});

test.each([
  'k1',
  'k1.short',
  'k7.',
  '',
  '.',
  `k1.${'a'.repeat(44)}`,
  `k1.${'a'.repeat(43)}.more`,
  `k1.${'a'.repeat(42)}'`,
  "k1.' or PartitionKey ge '",
])('a cursor that is none of ours is refused: %s', async (cursor) => {
  await expect(service.search.inMeeting(meetingUrl, cursor)).rejects.toMatchObject({
    code: 'invalid-request',
    errors: [{ pointer: '/cursor', detail: expect.any(String) as string }],
  });
});
