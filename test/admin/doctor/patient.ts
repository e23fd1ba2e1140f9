import type { CheckResult, Report } from '../../../admin/doctor/examination.ts';
import { examine, type ExamineOptions } from '../../../admin/doctor/examine.ts';
import { linesOf, statusLineOf } from '../../../admin/doctor/print.ts';
import type { World } from '../../../local/simulator/world.ts';
import { startSecretCloud, type SecretCloud } from '../../secrecy/secretCloud.ts';

/** A configuration to examine, in a cloud where everything can be broken and every secret is known. */
export interface Patient {
  readonly secret: SecretCloud;
  readonly world: World;
  /** Examines it with changed settings, and fails the test if anything that is printed is a secret. */
  examine(changes?: Record<string, string>, options?: ExamineOptions & { isComplete?: boolean }): Promise<Examined>;
  /** The same, of one check: what it found. */
  checkOf(name: string, changes?: Record<string, string>, options?: ExamineOptions): Promise<CheckResult | undefined>;
  /** Healthy again. */
  heal(): Promise<void>;
  stop(): Promise<void>;
}

interface Examined {
  readonly report: Report;
  /** The checks as `status name`, in their order. */
  readonly outcomes: readonly string[];
  readonly check: (name: string) => CheckResult | undefined;
}

/** Starts the cloud of one test file. */
export async function startPatient(): Promise<Patient> {
  const secret = await startSecretCloud();
  const { cloud, tables, scan } = secret;
  const { world } = cloud.simulator;

  const patient: Patient = {
    secret,
    world,
    async examine(changes = {}, { isComplete = true, ...options } = {}) {
      const lines: string[] = [];
      const environment = { ...cloud.environment, ...changes };
      const onCheck = (result: CheckResult): void => void lines.push(...linesOf(result));
      const report = await examine({ environment, isComplete }, { onCheck, ...options });
      expect(scan.findIn([...lines, statusLineOf(report), JSON.stringify(report)].join('\n'))).toEqual([]);
      return {
        report,
        outcomes: report.checks.map(({ name, status }) => `${status} ${name}`),
        check: (name) => report.checks.find((check) => check.name === name),
      };
    },
    async checkOf(name, changes, options) {
      return (await patient.examine(changes, options)).check(name);
    },
    async heal() {
      tables.mend();
      await tables.setDown(false);
      await world.reset();
    },
    async stop() {
      await secret.stop();
    },
  };
  return patient;
}

/** What a check has to say of a fault. */
export const says = (status: CheckResult['status'], reason: RegExp, nextStep: RegExp): unknown =>
  expect.objectContaining({
    status,
    reason: expect.stringMatching(reason) as string,
    nextStep: expect.stringMatching(nextStep) as string,
  });
