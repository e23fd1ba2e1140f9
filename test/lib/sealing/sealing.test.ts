import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { anyString } from '../../support/anyString.ts';
import { isSealedByNewest, open, seal, type SealedPlace } from '../../../lib/sealing/sealing.ts';
import { fixedRing, ringLine } from './ringKeys.ts';
import { generatedCases } from '../../support/generatedCases.ts';

const ring = fixedRing(ringLine('k1'));
const place: SealedPlace = { table: 'guests', partitionKey: 'guest-1', rowKey: 'guest', column: 'sealed' };
const text = '{"meetingUrl":"https://meet.lync.example/contoso/testuser/1SD8D0WZ"}';

const doesNotOpen = { code: 'internal', message: expect.stringContaining('does not open') as string };

/** The parts of `s1.<kid>.<nonce>.<ciphertext+tag>`, to be changed one by one. */
async function sealedParts(): Promise<{ form: string; kid: string; nonce: Buffer; sealed: Buffer }> {
  const [form = '', kid = '', nonce = '', sealed = ''] = (await seal(ring, place, text)).split('.');
  return { form, kid, nonce: Buffer.from(nonce, 'base64url'), sealed: Buffer.from(sealed, 'base64url') };
}

function joined({ form = 's1', kid = 'k1', nonce, sealed }: Partial<Awaited<ReturnType<typeof sealedParts>>>): string {
  return [form, kid, nonce?.toString('base64url'), sealed?.toString('base64url')].join('.');
}

function flipped(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
}

test('whatever text is sealed opens where it was sealed', async () => {
  await fc.assert(
    fc.asyncProperty(anyString(400), async (anyText) => {
      // A lone surrogate is no character: it cannot be written in UTF-8, so it cannot come from a parsed request either.
      fc.pre(anyText.isWellFormed());
      expect(await open(ring, place, await seal(ring, place, anyText))).toBe(anyText);
    }),
    generatedCases(100),
  );
});

test('a sealed value has the form s1.<kid>.<nonce>.<ciphertext+tag> and no two are alike', async () => {
  const values = await Promise.all(Array.from({ length: 100 }, () => seal(ring, place, text)));
  expect(new Set(values).size).toBe(100);
  for (const value of values) expect(value).toMatch(/^s1\.k1\.[\w-]{16}\.[\w-]+$/);
  const { sealed } = await sealedParts();
  expect(sealed).toHaveLength(Buffer.byteLength(text) + 16);
});

test('sealed values keep nothing readable', async () => {
  const { sealed } = await sealedParts();
  expect(sealed.toString('latin1')).not.toContain('meet');
});

test.each<[string, Partial<SealedPlace>]>([
  ['row', { partitionKey: 'guest-2' }],
  ['row key', { rowKey: 'other' }],
  ['column', { column: 'identity' }],
  ['table', { table: 'meetingGuests' }],
  // The parts are told apart: moving a letter from one into the next is another place.
  ['split of the same letters', { partitionKey: 'guest-1gu', rowKey: 'est' }],
])('a value that is moved to another %s does not open', async (_, change) => {
  const value = await seal(ring, place, text);
  await expect(open(ring, { ...place, ...change }, value)).rejects.toMatchObject(doesNotOpen);
  expect(await open(ring, place, value)).toBe(text);
});

test('a value with any bit of its nonce, text or tag changed does not open', async () => {
  const parts = await sealedParts();
  const changes = [
    ...Array.from(parts.nonce, (_, at) => ({ ...parts, nonce: flipped(parts.nonce, at) })),
    ...Array.from(parts.sealed, (_, at) => ({ ...parts, sealed: flipped(parts.sealed, at) })),
  ];
  expect(await open(ring, place, joined(parts))).toBe(text);
  for (const changed of changes) await expect(open(ring, place, joined(changed))).rejects.toMatchObject(doesNotOpen);
});

test('a tag that is cut short does not open, to whichever length', async () => {
  const parts = await sealedParts();
  for (let cut = 1; cut <= parts.sealed.length; cut++) {
    const shorter = { ...parts, sealed: parts.sealed.subarray(0, -cut) };
    await expect(open(ring, place, joined(shorter))).rejects.toMatchObject(doesNotOpen);
  }
});

test.each([11, 13, 16, 0])('a nonce of %i bytes is not ours', async (length) => {
  const parts = await sealedParts();
  await expect(open(ring, place, joined({ ...parts, nonce: Buffer.alloc(length) }))).rejects.toMatchObject(doesNotOpen);
});

test.each(['', 's1', 's1.k1', 's1.k1..', 's2.k1.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAA', '{}', 's1.k 1.a.b'])(
  'what is not of the form does not open: %s',
  async (value) => {
    await expect(open(ring, place, value)).rejects.toMatchObject(doesNotOpen);
  },
);

test('more of the same does not open: something before, behind or between', async () => {
  const value = await seal(ring, place, text);
  for (const longer of [` ${value}`, `${value}\n`, `${value}=`, value.replace('.', '..'), `${value}.${value}`]) {
    await expect(open(ring, place, longer)).rejects.toMatchObject(doesNotOpen);
  }
});

test('another key of the same name does not open it', async () => {
  const value = await seal(ring, place, text);
  const impostor = fixedRing(ringLine('k1', 'other material'));
  await expect(open(impostor, place, value)).rejects.toMatchObject(doesNotOpen);
});

test('a key that is not in the ring is a matter of the secrets, not of the row', async () => {
  const value = await seal(ring, place, text);
  await expect(open(fixedRing(ringLine('k2')), place, value)).rejects.toMatchObject({ code: 'secrets-unavailable' });
});

test('the first key seals, every key of the ring opens', async () => {
  const value = await seal(ring, place, text);
  const rotated = fixedRing(ringLine('k2'), ringLine('k1'));
  expect(await open(rotated, place, value)).toBe(text);
  expect(await seal(rotated, place, text)).toMatch(/^s1\.k2\./);
});

test('a value tells whether the key that makes now has sealed it', async () => {
  const rotated = fixedRing(ringLine('k2'), ringLine('k1'));
  const old = await seal(ring, place, text);
  expect(await isSealedByNewest(ring, old)).toBe(true);
  expect(await isSealedByNewest(rotated, old)).toBe(false);
  expect(await isSealedByNewest(rotated, await seal(rotated, place, text))).toBe(true);
  for (const other of ['', 's1.k2', old.replace('s1.k1', 's2.k2')]) {
    expect(await isSealedByNewest(rotated, other)).toBe(false);
  }
});

test('a problem about a sealed value quotes nothing of it', async () => {
  const parts = await sealedParts();
  const value = joined({ ...parts, sealed: flipped(parts.sealed, 0) });
  const problem: unknown = await open(ring, place, value).catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(Error);
  const words = (problem as Error).message;
  for (const secret of [
    value,
    value.split('.')[3] ?? '',
    createHash('sha256').update('test key k1').digest('base64'),
  ]) {
    expect(words).not.toContain(secret);
  }
});
