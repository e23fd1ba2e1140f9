import { pause, type Clock } from '../clock.ts';
import type { GuestDetails } from './application.ts';
import { attend, type Progress } from './attend.ts';
import { GuestFailure } from './failure.ts';
import type { Passes } from './passes.ts';
import type { GuestPass } from './pass.ts';
import type { Setbacks } from './setbacks.ts';
import type { Standing } from './standing.ts';
import type { GuestState } from './state.ts';
import type { Wire } from './wire.ts';

interface StayOptions {
  readonly join: GuestPass;
  readonly passes: Passes;
  readonly details: GuestDetails;
  readonly wire: Wire;
  readonly clock: Clock;
  readonly standing: Standing;
  readonly setbacks: Setbacks;
  readonly onApplication: (url: string) => void;
  /** The next application will be another participant's, or on another server: the present one would stay beside it. */
  readonly onMisfit: () => void;
  readonly signal: AbortSignal;
}

type Reconnecting = Extract<GuestState, { name: 'reconnecting' }>;

/**
 * Keeps a guest in the meeting through every drop, until it is put out, gives up, or the signal aborts. Each way back begins
 * with another token, and ends in the same place of the roster.
 */
export async function stay(options: StayOptions): Promise<void> {
  const { join, passes, details, wire, clock, standing, setbacks, onApplication, onMisfit, signal } = options;
  let lost: Pick<Reconnecting, 'reason' | 'refusal' | 'attempt'> | undefined;

  const arrived = (state: GuestState): void => {
    lost = undefined;
    setbacks.arrived();
    standing.enter(state);
  };
  const reconnecting = (step: Reconnecting['step'], waiting?: Reconnecting['waiting']): void => {
    if (lost) standing.enter({ name: 'reconnecting', step, ...lost, waiting });
  };
  const progress: Progress = {
    onApplication,
    onStep: (step) => {
      if (lost) reconnecting(step);
      else if (standing.state.name !== step) standing.enter({ name: step });
    },
    onLobby: () => {
      arrived({ name: 'lobby' });
    },
    onJoined: () => {
      arrived({ name: 'joined', identityPreserved: passes.identityPreserved });
    },
    onAway: () => {
      lost = { reason: 'away-too-long', refusal: {}, attempt: setbacks.count + 1 };
      reconnecting('connecting');
    },
  };
  const passAfter = async (failure: GuestFailure, pauseMs: number): Promise<GuestPass> => {
    const { reason, refusal, remedy } = failure;
    lost = { reason, refusal, attempt: setbacks.count };
    reconnecting('asking-for-token', { reason, until: clock.now() + pauseMs });
    await pause(clock, pauseMs, signal);
    reconnecting('asking-for-token');
    const pass = await passes.another(remedy === 'new-token', signal);
    if (!passes.fits) onMisfit();
    return pass;
  };

  let entering: () => Promise<GuestPass> = () => Promise.resolve(join);
  for (;;) {
    try {
      const pass = await entering();
      passes.enter(pass);
      await attend({ pass, details, wire, clock, progress, signal, token: () => passes.token });
    } catch (error) {
      if (signal.aborted) return;
      // Anything else is a mistake of ours, which is not repeated.
      const failure = error instanceof GuestFailure ? error : new GuestFailure('unusable-answer');
      const pauseMs = setbacks.pauseAfter(failure);
      if (pauseMs === undefined) {
        standing.enter({ name: 'failed', reason: failure.reason, refusal: failure.refusal });
        return;
      }
      entering = () => passAfter(failure, pauseMs);
    }
  }
}
