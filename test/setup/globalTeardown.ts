import { sharedByAllTests } from './globalSetup.ts';

// eslint-disable-next-line no-restricted-syntax -- Jest takes the default export
export default async function globalTeardown(): Promise<void> {
  await sharedByAllTests.stop?.();
}
