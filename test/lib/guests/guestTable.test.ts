import { randomUUID } from 'node:crypto';
import { datesOf } from '../../../lib/guests/guestState.ts';
import { guestIdOf } from '../../../lib/guests/identity.ts';
import { openGuest, sealGuest, type StoredGuest } from '../../../lib/guests/guestTable.ts';
import { seal } from '../../../lib/sealing/sealing.ts';
import { fixedRing, ringLine } from '../sealing/ringKeys.ts';

const ring = fixedRing(ringLine('k1'));
const content = {
  meetingUrl: 'https://MEET.lync.example/contoso/testuser/1SD8D0WZ#a',
  meetingKey: 'https://meet.lync.example/contoso/testuser/1SD8D0WZ',
  allowedOrigins: ['https://www.contoso.example'],
};

function rowOf(guestId: string, sealed: string): StoredGuest {
  return {
    guestId,
    etag: 'tag',
    state: 'active',
    platform: 'trusted-application',
    sealed,
    meetingIndex: 'k1.meeting',
    createdAt: new Date(),
    rejoinCount: 0,
    ...datesOf(Date.now(), 28_800, 24),
  };
}

test('a guest’s meeting, origins and identity come back from the guest’s own row', async () => {
  const guestId = guestIdOf(randomUUID());
  const withIdentity = { ...content, identity: 'ms_rtc_renew=abc' };
  expect(await openGuest(ring, rowOf(guestId, await sealGuest(ring, guestId, content)))).toEqual(content);
  expect(await openGuest(ring, rowOf(guestId, await sealGuest(ring, guestId, withIdentity)))).toEqual(withIdentity);
});

test('what was opened once of a row that was read takes no key any more', async () => {
  const guestId = guestIdOf(randomUUID());
  const row = rowOf(guestId, await sealGuest(ring, guestId, content));
  const other = fixedRing(ringLine('k2'));
  await expect(openGuest(other, row)).rejects.toMatchObject({ code: 'secrets-unavailable' });
  await openGuest(ring, row);
  expect(await openGuest(other, row)).toEqual(content);
});

test('one guest’s column in another guest’s row does not open', async () => {
  const sealed = await sealGuest(ring, guestIdOf(randomUUID()), content);
  await expect(openGuest(ring, rowOf(guestIdOf(randomUUID()), sealed))).rejects.toMatchObject({ code: 'internal' });
});

test('a tombstone has nothing to open', async () => {
  await expect(openGuest(ring, rowOf(guestIdOf(randomUUID()), ''))).rejects.toMatchObject({ code: 'internal' });
});

test('a well sealed text that is no guest is refused', async () => {
  const guestId = guestIdOf(randomUUID());
  const place = { table: 'guests', partitionKey: guestId, rowKey: 'guest', column: 'sealed' };
  for (const text of [
    '{}',
    'not JSON',
    JSON.stringify({ ...content, allowedOrigins: 'https://www.contoso.example' }),
  ]) {
    const sealed = await seal(ring, place, text);
    await expect(openGuest(ring, rowOf(guestId, sealed))).rejects.toThrow();
  }
});
