import config from './jest.config.js';

// Ten times as many generated cases as a push tries (test/support/generatedCases.ts).
process.env.TEST_CASES_TIMES ??= '10';

/** `npm run test:deep`: what takes too long for every push. */
export default {
  ...config,
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/browser/'],
  testTimeout: 300_000,
  collectCoverage: true,
  // Counters in our own files only: V8's coverage counts in every script of every library, which took a third of the time.
  coverageProvider: 'babel',
  collectCoverageFrom: ['lib/**/*.ts', 'functions/**/*.ts'],
  coverageReporters: ['text-summary', 'html'],
  coverageThreshold: { global: { lines: 95 } },
};
