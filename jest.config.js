export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: { '\\.ts$': '<rootDir>/test/setup/esbuildTransform.cjs' },
  moduleNameMapper: { '^@azure/functions-core$': '<rootDir>/local/host/functionsCore.ts' },
  // Built output and scratch folders are not ours to watch, nor to look for modules in.
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.cloud/'],
  testTimeout: 30_000,
};
