import { randomUUID } from 'node:crypto';
import type { MeetingPlatform } from '../platforms/platform.ts';
import type { Checked } from './checkDiscovery.ts';
import { joinStepName } from './verdict.ts';

/** The part of the service's health that says whether guests could join. */
export const syntheticJoinName = 'synthetic-join';

export interface SyntheticJoinOptions {
  readonly platforms: readonly MeetingPlatform[];
  /** A test meeting of each platform that is to be tried. */
  readonly meetingUrls: readonly string[];
  readonly allowedOrigins: readonly string[];
}

/**
 * Goes a guest's way on every platform that has a test meeting, as a guest who is new each time: nobody's place is taken,
 * and nothing is stored. Undefined if there is no platform to try it on.
 */
export function createSyntheticJoin(options: SyntheticJoinOptions): Checked | undefined {
  const { platforms, meetingUrls, allowedOrigins } = options;
  const meetings = meetingUrls.flatMap((meetingUrl) => {
    const platform = platforms.find((candidate) => candidate.readLink(new URL(meetingUrl)));
    return platform?.probeJoin ? [{ platform, meetingUrl }] : [];
  });
  if (meetings.length === 0) return undefined;
  return {
    name: syntheticJoinName,
    check: async (signal) => {
      const steps = meetings.map(async ({ platform, meetingUrl }) => {
        const guest = { applicationSessionId: randomUUID(), meetingUrl, allowedOrigins };
        const own = (await platform.probeJoin?.(guest, signal)) ?? [];
        return own.map((step) => ({ ...step, name: joinStepName(platform.name, step.name) }));
      });
      return (await Promise.all(steps)).flat();
    },
  };
}
