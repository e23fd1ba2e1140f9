import { parseSchedule } from '../../admin/ncrontab.ts';

/** The next occurrences after 2026-11-12T10:00:00Z, a Thursday. */
function nextOf(expression: string, count: number): string[] {
  const schedule = parseSchedule(expression);
  const found: string[] = [];
  let after = new Date('2026-11-12T10:00:00Z');
  while (found.length < count) {
    after = schedule.next(after);
    found.push(after.toISOString().replace('.000Z', '').replace('T', ' '));
  }
  return found;
}

it.each([
  ['every five minutes', '0 */5 * * * *', ['2026-11-12 10:05:00', '2026-11-12 10:10:00']],
  ['every second', '* * * * * *', ['2026-11-12 10:00:01', '2026-11-12 10:00:02']],
  [
    'from a value on, in steps',
    '0 50/4 * * * *',
    ['2026-11-12 10:50:00', '2026-11-12 10:54:00', '2026-11-12 10:58:00'],
  ],
  ['a list and a range', '0 0 9,17-18 * * *', ['2026-11-12 17:00:00', '2026-11-12 18:00:00', '2026-11-13 09:00:00']],
  ['a range in steps', '0 0 0-12/6 * * *', ['2026-11-12 12:00:00', '2026-11-13 00:00:00']],
  ['names, in any case', '0 30 9 * jan-Mar MON', ['2027-01-04 09:30:00', '2027-01-11 09:30:00']],
  ['Sunday as 0', '0 0 0 * * 0', ['2026-11-15 00:00:00']],
  ['Friday the 13th: both days must match', '0 0 0 13 * 5', ['2026-11-13 00:00:00', '2027-08-13 00:00:00']],
  ['the 29th of February', '0 0 0 29 2 *', ['2028-02-29 00:00:00']],
])('knows %s', (_, expression, expected) => {
  expect(nextOf(expression, expected.length)).toEqual(expected);
});

it('starts after the moment it is given, to the second', () => {
  const schedule = parseSchedule('*/10 * * * * *');
  expect(schedule.next(new Date('2026-01-01T00:00:09.999Z')).toISOString()).toBe('2026-01-01T00:00:10.000Z');
  expect(schedule.next(new Date('2026-01-01T00:00:10.000Z')).toISOString()).toBe('2026-01-01T00:00:20.000Z');
  expect(schedule.next(new Date('2026-01-01T00:00:10.500Z')).toISOString()).toBe('2026-01-01T00:00:20.000Z');
});

it.each([
  ['* * * * *', 'has 5 fields and needs 6'],
  ['0 0 0 1 1 * 2026', 'has 7 fields and needs 6'],
  ['', 'has 1 fields and needs 6'],
  ['@daily', 'has 1 fields and needs 6'],
  ['00:05:00', 'has 1 fields and needs 6'],
  ['60 * * * * *', 'in the field "second": "60" is not a number from 0 to 59'],
  ['0 -1 * * * *', 'in the field "minute": "" is not a number'],
  ['0 0 24 * * *', 'in the field "hour": "24" is not a number from 0 to 23'],
  ['0 0 0 0 * *', 'in the field "day of the month": "0" is not a number from 1 to 31'],
  ['0 0 0 L * *', 'in the field "day of the month": "L"'],
  ['0 0 0 15W * *', 'in the field "day of the month": "15W"'],
  ['0 0 0 ? * *', 'in the field "day of the month": "?"'],
  ['0 0 0 * 13 *', 'in the field "month": "13" is not a number from 1 to 12 or JAN to DEC'],
  ['0 0 0 * JANUARY *', 'in the field "month": "JANUARY"'],
  ['0 0 0 * * 7', 'in the field "day of the week": "7" is not a number from 0 to 6 or SUN to SAT'],
  ['0 0 0 * * FRI#2', 'in the field "day of the week": "FRI#2"'],
  ['0 0 0 * * FRI-MON', 'the range "FRI-MON" runs backwards'],
  ['0 30-10 * * * *', 'the range "30-10" runs backwards'],
  ['0 1-2-3 * * * *', '"1-2-3" is not understood'],
  ['0 */0 * * * *', 'the step "0" is not a number from 1 to 59'],
  ['0 */ * * * *', 'the step "" is not'],
  ['0 */5/2 * * * *', '"*/5/2" is not understood'],
  ['0 1,,2 * * * *', 'in the field "minute": ""'],
  ['0 */99 * * * *', 'the step "99"'],
  ['0 0 0 31 2 *', 'never occurs'],
])('refuses %j: %s', (expression, reason) => {
  expect(() => parseSchedule(expression)).toThrow(reason);
});
