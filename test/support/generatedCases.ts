/** How many generated cases a property is tried with, and from which seed: parameters of fast-check's `assert`. */
interface GeneratedCases {
  readonly seed: number;
  readonly numRuns: number;
}

/**
 * The seed of this run, another one each time: the set-up draws it (test/setup/globalSetup.ts) and the last lines of the run
 * print it. `TEST_SEED=…` in the environment gives the same cases again.
 */
export const testSeed = Number(process.env['TEST_SEED']);

/**
 * Parameters for fast-check.
 * @param perPush cases in `npm test`; `npm run test:deep` tries `TEST_CASES_TIMES` as many
 */
export function generatedCases(perPush: number): GeneratedCases {
  return { seed: testSeed, numRuns: perPush * Number(process.env['TEST_CASES_TIMES'] ?? 1) };
}
