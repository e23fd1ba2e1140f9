import type { PlatformDescriptor } from './descriptor.ts';
import { trustedApplication } from './trustedApplication/descriptor.ts';
import { ucwa } from './ucwa/descriptor.ts';

/** Every platform that a deployment can put into `MEETING_PLATFORMS`. */
export const platformDescriptors: readonly PlatformDescriptor[] = [trustedApplication, ucwa];
