import { nextDue } from '../../../lib/health/checkDiscovery.ts';

const now = Date.parse('2026-11-21T12:00:00.000Z');

it.each([
  ['a run by hand: the occurrence ahead', '2026-11-21T11:55:00Z', '2026-11-21T12:03:00Z', '2026-11-21T12:03:00.000Z'],
  [
    'a run by hand of a timer that never ran',
    '0001-01-01T00:00:00Z',
    '2026-11-21T12:03:00Z',
    '2026-11-21T12:03:00.000Z',
  ],
  [
    'a run on schedule: as long after it as it is after the last',
    '2026-11-21T11:45:00Z',
    '2026-11-21T12:00:00Z',
    '2026-11-21T12:15:00.000Z',
  ],
  ['a run that began a moment early', '2026-11-21T11:45:01Z', '2026-11-21T12:00:01Z', '2026-11-21T12:15:01.000Z'],
  [
    'a run that began late: as long after its start',
    '2026-11-21T10:45:00Z',
    '2026-11-21T11:00:00Z',
    '2026-11-21T12:15:00.000Z',
  ],
])('%s', (_, last, next, due) => {
  expect(nextDue({ last, next }, now)?.toISOString()).toBe(due);
});

it.each([
  ['there is no schedule status', undefined],
  ['the status is empty', {}],
  ['the timer is in its first run', { last: '0001-01-01T00:00:00Z', next: '2026-11-21T12:00:00Z' }],
  ['the dates are none', { last: 'yesterday', next: 'soon' }],
])('is not known when %s', (_, status) => {
  expect(nextDue(status, now)).toBeUndefined();
});
