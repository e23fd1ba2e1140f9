import type { CheckResult, Report } from './examination.ts';

/** A check for a person to read. */
export function linesOf({ name, status, reason, nextStep, latencyMs }: CheckResult): string[] {
  const took = latencyMs > 0 ? ` (${latencyMs} ms)` : '';
  return [
    `${status}  ${name}${took}`,
    ...(reason === undefined ? [] : [`      ${reason}`]),
    ...(nextStep === undefined ? [] : [`      → ${nextStep}`]),
  ];
}

/** The last line. */
export function statusLineOf({ status, checks }: Report): string {
  const count = (wanted: CheckResult['status']): number => checks.filter((check) => check.status === wanted).length;
  const skipped = status === 'fail' ? ' What needs a part that fails was not looked at.' : '';
  return `\nStatus: ${status}. ${count('pass')} pass, ${count('warn')} warn, ${count('fail')} fail.${skipped}`;
}
