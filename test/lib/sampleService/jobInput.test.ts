import { HttpRequest } from '@azure/functions';
import { readJobInput, type JobInput } from '../../../lib/sampleService/jobInput.ts';

const form = 'application/x-www-form-urlencoded';
const read = (body: string | Uint8Array, contentType?: string): Promise<JobInput> =>
  readJobInput(
    new HttpRequest({
      method: 'POST',
      url: 'http://localhost/',
      headers: contentType === undefined ? {} : { 'content-type': contentType },
      body: { bytes: Buffer.from(body) },
    }),
  );

test.each([
  form,
  `${form}; charset=UTF-8`,
  `${form};charset="utf-8"`,
  `Application/X-WWW-Form-UrlEncoded ; Charset=utf8`,
  `${form}; charset=nonsense; boundary=x`,
])('a form is read as %s', async (contentType) => {
  expect(await read('Subject=a%C3%A9+b', contentType)).toEqual({ Subject: 'aé b' });
});

test.each(['application/json', 'application/json; charset=UTF-8', 'TEXT/JSON', 'text/json;charset="utf-8"'])(
  'JSON is read as %s',
  async (contentType) => {
    expect(await read('\ufeff{"Subject":"aé b"}', contentType)).toEqual({ Subject: 'aé b' });
  },
);

test('a URL in a form need not be encoded', async () => {
  expect(await read('MeetingUrl=https://meet.lync.example/a/b/C?sl=1==&subject=x', form)).toEqual({
    MeetingUrl: 'https://meet.lync.example/a/b/C?sl=1==',
    Subject: 'x',
  });
});

describe.each([
  ['a form', form, (pairs: [string, string][]) => new URLSearchParams(pairs).toString()],
  [
    'JSON',
    'application/json',
    (pairs: [string, string][]) =>
      `{${pairs.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`,
  ],
])('in %s', (_, contentType, write) => {
  test.each<[string, [string, string][], JobInput]>([
    [
      'names match in any letter case',
      [
        ['SUBJECT', 'a'],
        ['meetingurl', 'b'],
      ],
      { Subject: 'a', MeetingUrl: 'b' },
    ],
    [
      'unknown names are ignored',
      [
        ['Subject', 'a'],
        ['__proto__', 'b'],
        ['AccessLevel', 'c'],
      ],
      { Subject: 'a' },
    ],
    [
      'of a repeated name the last counts',
      [
        ['Subject', 'a'],
        ['subject', 'b'],
      ],
      { Subject: 'b' },
    ],
    [
      'also when the last is empty',
      [
        ['Subject', 'a'],
        ['subject', ''],
      ],
      {},
    ],
    [
      'blanks count as nothing',
      [
        ['Subject', ' '],
        ['Description', ''],
      ],
      {},
    ],
    ['blanks around a value do not count', [['MeetingUrl', ' a \r\n']], { MeetingUrl: 'a' }],
    ['there may be nothing at all', [['x', 'y']], {}],
  ])('%s', async (_name, pairs, input) => {
    expect(await read(write(pairs), contentType)).toEqual(input);
  });
});

test.each([
  ['null', {}],
  ['17', { Subject: '17' }],
  ['-1.5', { Subject: '-1.5' }],
  ['true', { Subject: 'true' }],
  ['["a"]', {}],
  ['{"a":1}', {}],
])('the JSON value %s is text or nothing', async (value, input) => {
  expect(await read(`{"Subject":${value}}`, 'application/json')).toEqual(input);
});

test.each([
  ['nothing', '', undefined],
  ['nothing as a form', '', form],
  ['nothing as XML', '', 'application/xml'],
  ['JSON null', 'null', 'application/json'],
  ['a JSON string', '"Subject=a"', 'application/json'],
  ['a JSON array', '[{"Subject":"a"}]', 'application/json'],
  ['a form that says that it is JSON', 'Subject=a', 'application/json'],
  ['half a JSON', '{"Subject":"a"', 'text/json'],
  ['bytes that are not UTF-8, as JSON', Buffer.from('{"Subject":"é"}', 'latin1'), 'application/json; charset=latin1'],
  ['bytes that are not UTF-8, as a form', Buffer.from('Subject=é', 'latin1'), form],
])('%s is no body', async (_, body, contentType) => {
  await expect(read(body, contentType)).rejects.toMatchObject({ code: 'invalid-request', errors: undefined });
});

test.each([
  'application/xml',
  'text/xml',
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/json+x',
  '',
  ';',
])('a body of the type %j is not read', async (contentType) => {
  await expect(read('Subject=a', contentType)).rejects.toMatchObject({ code: 'unsupported-media-type' });
});

test('more than 16 KiB are not read', async () => {
  const longest = `Subject=${'a'.repeat(16_384 - 'Subject='.length)}`;
  expect((await read(longest, form)).Subject).toHaveLength(16_376);
  await expect(read(`${longest}a`, form)).rejects.toMatchObject({ code: 'payload-too-large' });
});
