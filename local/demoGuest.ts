import type { GuestChange, GuestSession, GuestState } from '../client/guest/guest.ts';
import type { Participant } from './simulator/meetings/participant.ts';
import type { World } from './simulator/world.ts';

/** Prints each step of the guest's way with the time since the one before. */
export function showSteps(session: GuestSession): void {
  let last: GuestChange | undefined;
  session.subscribe((change) => {
    const { step, at } = change;
    if (step !== last?.step) console.log(`     guest: ${step.padEnd(20)} (+${at - (last?.at ?? at)} ms)`);
    last = change;
  });
}

/** Resolves when the guest is there; throws when it never will be. */
export function reached(session: GuestSession, name: GuestState['name']): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = session.subscribe(({ state }) => {
      if (state.name === name) resolve();
      else if (state.name === 'failed') reject(new Error(`the guest failed: ${state.reason}`));
      else return;
      // Subscribing tells the present state at once, before there is anything to stop.
      queueMicrotask(() => {
        stop();
      });
    });
  });
}

/** Who is in the meeting, as the platform sees it; printed, and answered. */
export function showRoster(world: World): readonly Participant[] {
  const present = world.meetings.all.flatMap((room) => room.roster);
  for (const { id, displayName, state, joins } of present) {
    console.log(
      `     roster: ${displayName}, participant ${id}, ${state}, joined ${joins === 1 ? 'once' : `${joins} times`}`,
    );
  }
  return present;
}
