import { pause, type Clock } from '../clock.ts';
import type { GuestDetails } from './application.ts';
import { connect, type Progress } from './connect.ts';
import { GuestFailure } from './failure.ts';
import type { TokenSource } from './tokenSource.ts';
import type { GuestToken } from './guestToken.ts';
import type { ReconnectPolicy } from './reconnectPolicy.ts';
import type { StateStore } from './stateStore.ts';
import type { GuestState } from './state.ts';
import type { PlatformHttp } from './platformHttp.ts';

interface KeepConnectedOptions {
  readonly join: GuestToken;
  readonly tokenSource: TokenSource;
  readonly details: GuestDetails;
  readonly http: PlatformHttp;
  readonly clock: Clock;
  readonly stateStore: StateStore;
  readonly policy: ReconnectPolicy;
  readonly onApplication: (url: string) => void;
  /** The next application will be another participant's, or on another server: the present one would stay beside it. */
  readonly onIdentityChange: () => void;
  readonly signal: AbortSignal;
}

type Reconnecting = Extract<GuestState, { name: 'reconnecting' }>;

/**
 * Keeps a guest in the meeting through every drop, until it is put out, gives up, or the signal aborts. Each way back begins
 * with another token, and ends in the same place of the roster.
 */
export async function keepConnected(options: KeepConnectedOptions): Promise<void> {
  const { join, tokenSource, details, http, clock, stateStore, policy, onApplication, onIdentityChange, signal } =
    options;
  let lost: Pick<Reconnecting, 'reason' | 'refusal' | 'attempt'> | undefined;

  const arrived = (state: GuestState): void => {
    lost = undefined;
    policy.arrived();
    stateStore.set(state);
  };
  const reconnecting = (step: Reconnecting['step'], waiting?: Reconnecting['waiting']): void => {
    if (lost) stateStore.set({ name: 'reconnecting', step, ...lost, waiting });
  };
  const progress: Progress = {
    onApplication,
    onStep: (step) => {
      if (lost) reconnecting(step);
      else if (stateStore.state.name !== step) stateStore.set({ name: step });
    },
    onLobby: () => {
      arrived({ name: 'lobby' });
    },
    onJoined: () => {
      arrived({ name: 'joined', identityPreserved: tokenSource.identityPreserved });
    },
    onAway: () => {
      lost = { reason: 'away-too-long', refusal: {}, attempt: policy.count + 1 };
      reconnecting('connecting');
    },
  };
  const tokenAfter = async (failure: GuestFailure, pauseMs: number): Promise<GuestToken> => {
    const { reason, refusal, remedy } = failure;
    lost = { reason, refusal, attempt: policy.count };
    reconnecting('asking-for-token', { reason, until: clock.now() + pauseMs });
    await pause(clock, pauseMs, signal);
    reconnecting('asking-for-token');
    const guestToken = await tokenSource.next(remedy === 'new-token', signal);
    if (!tokenSource.continuesApplication) onIdentityChange();
    return guestToken;
  };

  let entering: () => Promise<GuestToken> = () => Promise.resolve(join);
  for (;;) {
    try {
      const guestToken = await entering();
      tokenSource.use(guestToken);
      await connect({ guestToken, details, http, clock, progress, signal, token: () => tokenSource.token });
    } catch (error) {
      if (signal.aborted) return;
      // Anything else is a mistake of ours, which is not repeated.
      const failure = error instanceof GuestFailure ? error : new GuestFailure('unusable-answer');
      const pauseMs = policy.pauseAfter(failure);
      if (pauseMs === undefined) {
        stateStore.set({ name: 'failed', reason: failure.reason, refusal: failure.refusal });
        return;
      }
      entering = () => tokenAfter(failure, pauseMs);
    }
  }
}
