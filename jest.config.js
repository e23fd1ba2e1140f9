import { readFileSync } from 'node:fs';
import { esModulesOnly } from './test/setup/esModulesOnly.cjs';

const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const transformed = esModulesOnly(Object.keys({ ...dependencies, ...devDependencies }));

/** Tests of the service, the simulator and the host, against real servers on loopback. */
export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: { '\\.(?:ts|m?js)$': '<rootDir>/test/setup/esbuildTransform.cjs' },
  transformIgnorePatterns: [`/node_modules/(?!(?:${transformed.join('|')})/)`],
  globalSetup: '<rootDir>/test/setup/globalSetup.ts',
  globalTeardown: '<rootDir>/test/setup/globalTeardown.ts',
  setupFiles: ['<rootDir>/test/setup/trust.cjs'],
  reporters: ['default', '<rootDir>/test/setup/closingLine.cjs'],
  // The Functions library asks for this module; in Azure the worker supplies it, here the local host does.
  moduleNameMapper: { '^@azure/functions-core$': '<rootDir>/local/host/functionsCore.ts' },
  // Built output and scratch folders are not ours to watch, nor to look for modules in.
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.cloud/'],
  // More than the two cores of a small machine: the tests wait for sockets a good part of their time.
  maxWorkers: 3,
  // What test files leave behind in their worker adds up.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 30_000,
};
