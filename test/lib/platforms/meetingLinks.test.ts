import { canonicalUrl } from '../../../lib/platforms/meetingLinks.ts';

test.each([
  ['https://meet.lync.example/a/B?c=D', 'https://meet.lync.example/a/B?c=D'],
  ['HTTPS://Meet.LYNC.example:443/a/B?c=D#e', 'https://meet.lync.example/a/B?c=D'],
  ['https://meet.lync.example', 'https://meet.lync.example/'],
  ['https://meet.lync.example:443', 'https://meet.lync.example/'],
  ['https://meet.lync.example#e', 'https://meet.lync.example/'],
  ['https://meet.lync.example:4430/a', 'https://meet.lync.example:4430/a'],
  ['https://meet.lync.example/a:443/b', 'https://meet.lync.example/a:443/b'],
  ['https://meet.lync.example/%7Ea', 'https://meet.lync.example/%7Ea'],
])('the canonical spelling of %s is %s', (meetingUrl, canonical) => {
  expect(canonicalUrl(new URL(meetingUrl))).toBe(canonical);
  expect(canonicalUrl(new URL(canonical))).toBe(canonical);
});
