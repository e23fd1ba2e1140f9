import { checkStatus, stepStatus, type Status } from '../../lib/health/status.ts';
import { passed, warning, type Advice, type Examination, type Finding } from '../../lib/platforms/examination.ts';
import { summarize } from '../../lib/telemetry.ts';

/** A check in a report; the shape that `--json` prints. */
export interface CheckResult {
  readonly name: string;
  readonly status: Status;
  /** What is wrong; of a pass, what there is to know. */
  readonly reason?: string;
  /** Of a warn or a fail. */
  readonly nextStep?: string;
  readonly latencyMs: number;
}

/** All checks, in an order in which a failure explains those behind it, and the worst of them. */
export interface Report {
  readonly status: Status;
  readonly checks: readonly CheckResult[];
}

/** An examination that reports what it has recorded. */
interface ReportedExamination extends Examination {
  report(): Report;
}

/** @param onCheck gets each check as it ends. */
export function startExamination(onCheck: (result: CheckResult) => void): ReportedExamination {
  const checks: CheckResult[] = [];
  const record = (name: string, finding: Finding, latencyMs: number): void => {
    const result = { name, ...finding, latencyMs };
    checks.push(result);
    onCheck(result);
  };

  return {
    note(name, finding) {
      record(name, finding, 0);
    },
    async run(name, work, { explain, judge = () => passed, maySlow = false }) {
      const startedAt = performance.now();
      const elapsedMs = (): number => Math.round(performance.now() - startedAt);
      try {
        const value = await work();
        const latencyMs = elapsedMs();
        const finding = judge(value);
        const isSlow = stepStatus({ outcome: finding.status, latencyMs }) !== finding.status;
        record(name, isSlow && !maySlow ? slow(latencyMs) : finding, latencyMs);
        return finding.status === 'fail' ? undefined : { value };
      } catch (error) {
        record(name, { status: 'fail', ...(explain(error) ?? unexpected(error)) }, elapsedMs());
        return undefined;
      }
    },
    report: () => ({
      status: checkStatus({ steps: checks.map(({ name, status }) => ({ name, outcome: status, latencyMs: 0 })) }),
      checks,
    }),
  };
}

function slow(latencyMs: number): Finding {
  const seconds = (latencyMs / 1000).toFixed(1);
  return warning(
    `It works, but took ${seconds} s; guests wait as long.`,
    'Run the doctor again; if it stays slow, see to the load of the server and to the network in between.',
  );
}

/** Name, code and status at most: a message can carry what an upstream said. */
function unexpected(error: unknown): Advice {
  const kinds = summarize(error).map(({ name, code, status }) => [name, code, status].filter(Boolean).join(' '));
  return {
    reason: `It failed in a way that the doctor does not know: ${kinds.join(', caused by ') || 'no error'}.`,
    nextStep: 'Run the doctor again; if it stays, report this line.',
  };
}
