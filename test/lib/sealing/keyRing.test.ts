import { meetingIndexOf } from '../../../lib/guests/meetingIndex.ts';
import { KeyRing, parseRing } from '../../../lib/sealing/keyRing.ts';
import { Problem } from '../../../lib/problem.ts';
import { adjustableClock } from '../../races/adjustableClock.ts';
import { ringLine } from './ringKeys.ts';

const lines = ['k1', 'k2', 'k3', 'k4', 'k5'].map((kid) => ringLine(kid));
const [k1 = '', k2 = '', k3 = '', k4 = ''] = lines;
const bytes = (length: number): string => Buffer.alloc(length, 7).toString('base64');

describe('the secret’s text', () => {
  test.each([
    ['one key', k1, ['k1']],
    ['four keys', [k1, k2, k3, k4].join('\n'), ['k1', 'k2', 'k3', 'k4']],
    ['lines ended as on Windows', `${k1}\r\n${k2}\r\n`, ['k1', 'k2']],
    ['a newline at the end', `${k1}\n`, ['k1']],
    ['empty lines and blanks around', `\n  ${k2}  \n\n\t${k1}\n \n`, ['k2', 'k1']],
    ['every character that a kid may have', `aZ09_-.${bytes(32)}`, ['aZ09_-']],
    ['a kid of 16 characters', `${'a'.repeat(16)}.${bytes(32)}`, ['a'.repeat(16)]],
  ])('with %s is a ring, in its order', (_, text, kids) => {
    expect(parseRing(text).map(({ kid }) => kid)).toEqual(kids);
  });

  test.each([
    ['nothing', ''],
    ['only blanks', ' \n\r\n\t'],
    ['five keys', lines.join('\n')],
    ['the same kid twice', `${k1}\n${ringLine('k1', 'other material')}`],
    ['the same line twice', `${k1}\n${k1}`],
    ['31 bytes', `k1.${bytes(31)}`],
    ['33 bytes', `k1.${bytes(33)}`],
    ['16 bytes', `k1.${bytes(16)}`],
    ['base64 without its padding', k1.replace('=', '')],
    ['base64url', `k1.${'-_'.repeat(21)}a=`],
    ['bad base64', `k1.${'!'.repeat(43)}=`],
    ['no kid', k1.replace('k1', '')],
    ['a kid of 17 characters', `${'a'.repeat(17)}.${bytes(32)}`],
    ['a kid with a dot', `k.1.${bytes(32)}`],
    ['no dot', bytes(32)],
    ['a good line and a bad one', `${k1}\nk2.${bytes(31)}`],
    ['two keys on one line', `${k1} ${k2}`],
    ['a byte order mark', `k1.${bytes(32)}`.replace('k', '\u200bk')],
  ])('with %s is refused, without being quoted', (_, text) => {
    const refused = (): unknown => parseRing(text);
    expect(refused).toThrow(expect.objectContaining({ code: 'configuration-invalid' }) as Error);
    const material = text.split('.')[1] ?? '';
    if (material.length > 8) expect(refused).not.toThrow(material);
  });

  test('gives each key a subkey a purpose, none of them the key itself', () => {
    const [first, second] = parseRing(`${k1}\n${k2}`);
    const all = [first, second].flatMap((key) => (key ? [key.sealing, key.indexing] : []));
    const keys = [k1, k2].map((line) => Buffer.from(line.slice(3), 'base64'));
    expect(new Set([...all, ...keys].map((key) => key.toString('hex'))).size).toBe(6);
    for (const subkey of all) expect(subkey).toHaveLength(32);
  });
});

test('a meeting has one name under a key and another under the next, and neither tells the meeting', () => {
  const [first, second = first] = parseRing(`${k1}\n${k2}`);
  const url = 'https://meet.lync.example/contoso/testuser/1SD8D0WZ';
  expect(meetingIndexOf(first, url)).toMatch(/^k1\.[\w-]{43}$/);
  expect(meetingIndexOf(first, url)).toBe(meetingIndexOf(first, url));
  expect(meetingIndexOf(second, url)).not.toContain(meetingIndexOf(first, url).slice(3));
  expect(meetingIndexOf(first, `${url}x`)).not.toBe(meetingIndexOf(first, url));
});

describe('the ring in memory', () => {
  /** A vault whose answer a test holds, changes and breaks. */
  function vault() {
    const state = { text: k1, reads: 0, down: false, gate: Promise.resolve() };
    const clock = adjustableClock();
    const read = async (): Promise<string> => {
      state.reads += 1;
      await state.gate;
      if (state.down) throw new Problem('secrets-unavailable', 'Try again shortly.');
      return state.text;
    };
    return { state, clock, ring: new KeyRing({ read, now: clock.now }) };
  }

  test('is read once for all who wait', async () => {
    const { state, ring } = vault();
    const rings = await Promise.all(Array.from({ length: 20 }, () => ring.current()));
    expect(state.reads).toBe(1);
    expect(new Set(rings).size).toBe(1);
  });

  test('is read again after 15 minutes, by one caller while the others go on with what is known', async () => {
    const { state, clock, ring } = vault();
    const old = await ring.current();
    clock.advance({ minutes: 15, milliseconds: -1 });
    await ring.current();
    expect(state.reads).toBe(1);

    clock.advance({ milliseconds: 1 });
    state.text = `${k2}\n${k1}`;
    let open = (): void => undefined;
    state.gate = new Promise((resolve) => (open = resolve));
    const reading = ring.current();
    expect(await Promise.all([ring.current(), ring.current()])).toEqual([old, old]);
    expect(state.reads).toBe(2);
    open();
    expect((await reading).map(({ kid }) => kid)).toEqual(['k2', 'k1']);
    expect((await ring.current())[0].kid).toBe('k2');
    expect(state.reads).toBe(2);
  });

  test('stays in use while the vault is down, which is tried again after another 15 minutes', async () => {
    const { state, clock, ring } = vault();
    await ring.current();
    state.down = true;
    clock.advance({ hours: 5 });
    expect((await ring.current())[0].kid).toBe('k1');
    expect((await ring.key('k1')).kid).toBe('k1');
    expect(state.reads).toBe(2);
    clock.advance({ minutes: 15 });
    state.down = false;
    state.text = k2;
    expect((await ring.current())[0].kid).toBe('k2');
  });

  test('stays in use while the vault’s text is unusable', async () => {
    const { state, clock, ring } = vault();
    await ring.current();
    state.text = 'k1.typo';
    clock.advance({ minutes: 15 });
    expect((await ring.current())[0].kid).toBe('k1');
  });

  test('that was never read is a problem, and is tried again by the next caller', async () => {
    const { state, ring } = vault();
    state.down = true;
    await expect(ring.current()).rejects.toMatchObject({ code: 'secrets-unavailable' });
    state.down = false;
    state.text = 'k1.typo';
    await expect(ring.current()).rejects.toMatchObject({ code: 'configuration-invalid' });
    state.text = k1;
    expect((await ring.current())[0].kid).toBe('k1');
  });

  test('is read again for a key that it lacks, once for all who need it', async () => {
    const { state, ring } = vault();
    await ring.current();
    state.text = `${k2}\n${k1}`;
    const found = await Promise.all([ring.key('k2'), ring.key('k2'), ring.key('k1')]);
    expect(found.map(({ kid }) => kid)).toEqual(['k2', 'k2', 'k1']);
    expect(state.reads).toBe(2);
  });

  test('is read again for keys that it lacks at most once a minute', async () => {
    const { state, clock, ring } = vault();
    await ring.current();
    await expect(ring.key('k2')).rejects.toMatchObject({ code: 'secrets-unavailable' });
    expect(state.reads).toBe(2);

    state.text = `${k2}\n${k1}`;
    clock.advance({ minutes: 1, milliseconds: -1 });
    await expect(ring.key('k2')).rejects.toMatchObject({ code: 'secrets-unavailable' });
    await expect(ring.key('k3')).rejects.toMatchObject({ code: 'secrets-unavailable' });
    expect(state.reads).toBe(2);

    clock.advance({ milliseconds: 1 });
    expect((await ring.key('k2')).kid).toBe('k2');
    expect(state.reads).toBe(3);
  });

  test('lacks a key all the same while the vault is down, and says so with a problem', async () => {
    const { state, clock, ring } = vault();
    await ring.current();
    state.down = true;
    clock.advance({ minutes: 1 });
    await expect(ring.key('k2')).rejects.toMatchObject({ code: 'secrets-unavailable' });
    expect((await ring.key('k1')).kid).toBe('k1');
  });
});
