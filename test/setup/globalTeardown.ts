import { sharedByAllTests } from './globalSetup.ts';

// oxlint-disable-next-line import/no-default-export -- Jest takes the default export
export default async function globalTeardown(): Promise<void> {
  await sharedByAllTests.stop?.();
}
