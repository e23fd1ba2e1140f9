import { startExamination } from '../../../admin/doctor/examination.ts';
import { failing, passed, warning } from '../../../lib/platforms/examination.ts';
import { linesOf, statusLineOf } from '../../../admin/doctor/print.ts';

const unknown = { explain: () => undefined };

test('a check that works gives what it found to the next one', async () => {
  const examination = startExamination(() => undefined);
  expect(await examination.run('one', () => Promise.resolve(1), unknown)).toEqual({ value: 1 });
  const judge = () => warning('It is warm.', 'Cool it.');
  expect(await examination.run('two', () => Promise.resolve(2), { ...unknown, judge })).toEqual({ value: 2 });
  expect(examination.report()).toMatchObject({ status: 'warn', checks: [{ status: 'pass' }, { status: 'warn' }] });
});

test('a check that fails gives nothing', async () => {
  const examination = startExamination(() => undefined);
  const judge = () => failing('It is cold.', 'Warm it.');
  expect(await examination.run('one', () => Promise.resolve(1), { ...unknown, judge })).toBeUndefined();
  expect(await examination.run('two', () => Promise.reject(new Error('words')), unknown)).toBeUndefined();
  expect(examination.report().status).toBe('fail');
});

test('a failure that nobody can explain is told by its name, code and status, and not by its words', async () => {
  const examination = startExamination(() => undefined);
  const cause = Object.assign(new Error('S3cret'), { name: 'RestError', code: 'Odd', statusCode: 418 });
  await examination.run('one', () => Promise.reject(new Error('S3cret', { cause })), unknown);
  const [check] = examination.report().checks;
  expect(check).toMatchObject({
    status: 'fail',
    reason: 'It failed in a way that the doctor does not know: Error, caused by RestError Odd 418.',
    nextStep: expect.stringContaining('report this line') as string,
  });
});

test('for people, a check is a line, its reason and its next step; the last line counts', () => {
  const examination = startExamination(() => undefined);
  examination.note('one', passed);
  examination.note('two', warning('It is warm.', 'Cool it.'));
  const report = examination.report();
  expect(report.checks.flatMap(linesOf)).toEqual(['pass  one', 'warn  two', '      It is warm.', '      → Cool it.']);
  expect(linesOf({ name: 'three', status: 'pass', latencyMs: 12 })).toEqual(['pass  three (12 ms)']);
  expect(statusLineOf(report)).toBe('\nStatus: warn. 1 pass, 1 warn, 0 fail.');
});
