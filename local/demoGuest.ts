import type { GuestChange, GuestSession, GuestState } from '../client/guest/guest.ts';
import type { Participant } from './simulator/meetings/participant.ts';
import type { World } from './simulator/world.ts';

/** Prints each step of the guest's session with the time since the one before. */
export function showSteps(session: GuestSession, log: (text: string) => void): void {
  let last: GuestChange | undefined;
  session.subscribe((change) => {
    const { step, at } = change;
    if (step !== last?.step) log(`     guest: ${step.padEnd(20)} (+${at - (last?.at ?? at)} ms)`);
    last = change;
  });
}

/** Resolves when the session has reached a state. Rejects when it has failed. */
export function reached(session: GuestSession, name: GuestState['name']): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = session.subscribe(({ state }) => {
      if (state.name === name) resolve();
      else if (state.name === 'failed') reject(new Error(`the guest failed: ${state.reason}`));
      else return;
      // Subscribing calls back with the present state at once, before there is anything to stop.
      queueMicrotask(() => {
        stop();
      });
    });
  });
}

/** Prints and answers who is in a meeting, as the platform sees it. */
export function showRoster(world: World, log: (text: string) => void): readonly Participant[] {
  const present = world.meetings.all.flatMap((meeting) => meeting.roster);
  for (const { id, displayName, state, joins } of present) {
    log(`     roster: ${displayName}, participant ${id}, ${state}, joined ${joins === 1 ? 'once' : `${joins} times`}`);
  }
  return present;
}
