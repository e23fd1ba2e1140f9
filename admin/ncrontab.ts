import { Cron } from 'croner';

/** When a timer runs, in UTC. */
export interface Schedule {
  readonly expression: string;
  /** The first occurrence after a moment. */
  next(after: Date): Date;
}

interface Field {
  name: string;
  from: number;
  to: number;
  words: readonly string[];
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const fields: readonly Field[] = [
  { name: 'second', from: 0, to: 59, words: [] },
  { name: 'minute', from: 0, to: 59, words: [] },
  { name: 'hour', from: 0, to: 23, words: [] },
  { name: 'day of the month', from: 1, to: 31, words: [] },
  { name: 'month', from: 1, to: 12, words: months },
  { name: 'day of the week', from: 0, to: 6, words: weekdays },
];

/**
 * Reads an NCRONTAB expression of six fields, as Azure Functions understand it (docs: "Timer trigger for Azure
 * Functions"; grammar: atifaziz/NCrontab). Day of the month and day of the week must both match. croner computes the
 * occurrences but accepts more than NCRONTAB does, so every field is checked first. Throws an Error that names the field.
 */
export function parseSchedule(expression: string): Schedule {
  const texts = expression.trim().split(/\s+/);
  if (texts.length !== fields.length) {
    throw new Error(
      `The schedule "${expression}" has ${texts.length} fields and needs 6: ` +
        '{second} {minute} {hour} {day of the month} {month} {day of the week}.',
    );
  }
  for (const [index, field] of fields.entries()) checkField(field, texts[index] ?? '', expression);
  const cron = new Cron(texts.join(' '), {
    mode: '6-part',
    timezone: 'UTC',
    domAndDow: true,
    // NCRONTAB reads 5/15 as "every 15th from 5 on", which croner allows on request only.
    sloppyRanges: true,
  });
  const next = (after: Date): Date => {
    const found = cron.nextRun(after);
    if (!found) throw new Error(`The schedule "${expression}" never occurs.`);
    return found;
  };
  next(new Date());
  return { expression, next };
}

/** A field is a comma-separated list of `*`, a value or a range, each with an optional step. */
function checkField(field: Field, text: string, expression: string): void {
  const refuse = (why: string): never => {
    throw new Error(`The schedule "${expression}" is wrong in the field "${field.name}": ${why}.`);
  };
  for (const item of text.split(',')) {
    const [values = '', step, ...moreSteps] = item.split('/');
    const [first = '', last, ...moreValues] = values.split('-');
    if (moreSteps.length > 0 || moreValues.length > 0) refuse(`"${item}" is not understood`);
    if (step !== undefined && !(/^\d{1,2}$/.test(step) && Number(step) >= 1 && Number(step) <= field.to)) {
      refuse(`the step "${step}" is not a number from 1 to ${field.to}`);
    }
    if (values === '*') continue;
    const from = valueOf(field, first, refuse);
    if (last !== undefined && valueOf(field, last, refuse) < from) refuse(`the range "${values}" runs backwards`);
  }
}

function valueOf({ from, to, words }: Field, text: string, refuse: (why: string) => never): number {
  const word = words.indexOf(text.toUpperCase());
  if (word >= 0) return from + word;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  if (value >= from && value <= to) return value;
  const named = words.length > 0 ? ` or ${words[0] ?? ''} to ${words.at(-1) ?? ''}` : '';
  return refuse(`"${text}" is not a number from ${from} to ${to}${named}`);
}
