// The last line of a run, in words that any CI can read.
module.exports = class ClosingLine {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites }) {
    // A file that could not even be loaded is a failure too.
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    // The seed of all generated cases: see test/support/generatedCases.ts.
    process.stdout.write(`\nTEST_SEED=${process.env.TEST_SEED} gives the same generated cases again.`);
    process.stdout.write(`\n${numPassedTests} passed, ${failed} failed, ${numPendingTests} skipped\n`);
  }
};
