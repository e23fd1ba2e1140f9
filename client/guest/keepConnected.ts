import { pause, type Clock } from '../clock.ts';
import type { GuestDetails } from './application.ts';
import { connect, type Progress } from './connect.ts';
import { GuestFailure } from './failure.ts';
import type { GuestToken } from './guestToken.ts';
import type { PlatformHttp } from './platformHttp.ts';
import type { ReconnectPolicy } from './reconnectPolicy.ts';
import type { GuestState, Reconnecting } from './state.ts';
import type { StateStore } from './stateStore.ts';
import type { TokenSource } from './tokenSource.ts';

interface KeepConnectedOptions {
  readonly join: GuestToken;
  readonly details: GuestDetails;
  readonly clock: Clock;
  readonly http: PlatformHttp;
  readonly policy: ReconnectPolicy;
  readonly stateStore: StateStore;
  readonly tokenSource: TokenSource;
  readonly onApplication: (url: string) => void;
  /** The next application is for another participant or on another server, so it does not take the place of the present one. */
  readonly onIdentityChange: () => void;
  readonly signal: AbortSignal;
}

/**
 * Connects a guest, and connects it again after every drop, until the meeting removes it, the policy gives up, or the signal
 * aborts. It reconnects with another token, as the same participant.
 */
export async function keepConnected(options: KeepConnectedOptions): Promise<void> {
  const { join, details, clock, http, policy, stateStore, tokenSource, signal } = options;
  let lost: Pick<Reconnecting, 'reason' | 'refusal' | 'attempt'> | undefined;

  const arrive = (state: GuestState): void => {
    lost = undefined;
    policy.arrived();
    stateStore.set(state);
  };
  const reconnecting = (step: Reconnecting['step'], waiting?: Reconnecting['waiting']): void => {
    if (lost) stateStore.set({ name: 'reconnecting', step, ...lost, waiting });
  };
  const progress: Progress = {
    onApplication: options.onApplication,
    onStep: (step) => {
      if (lost) reconnecting(step);
      else if (stateStore.state.name !== step) stateStore.set({ name: step });
    },
    onLobby: () => {
      arrive({ name: 'lobby' });
    },
    onJoined: () => {
      arrive({ name: 'joined', identityPreserved: tokenSource.identityPreserved });
    },
    onAway: () => {
      lost = { reason: 'away-too-long', refusal: {}, attempt: policy.count + 1 };
      reconnecting('connecting');
    },
  };
  const tokenAfter = async ({ reason, refusal, remedy }: GuestFailure, pauseMs: number): Promise<GuestToken> => {
    lost = { reason, refusal, attempt: policy.count };
    reconnecting('asking-for-token', { reason, until: clock.now() + pauseMs });
    await pause(clock, pauseMs, signal);
    reconnecting('asking-for-token');
    const next = await tokenSource.next(remedy === 'new-token', signal);
    if (!tokenSource.continuesApplication) options.onIdentityChange();
    return next;
  };

  let getToken: () => Promise<GuestToken> = () => Promise.resolve(join);
  for (;;) {
    try {
      const guestToken = await getToken();
      tokenSource.use(guestToken);
      await connect({ guestToken, details, http, clock, progress, signal, token: () => tokenSource.token });
    } catch (error) {
      if (signal.aborted) return;
      // Any other error is a mistake in the client, which would happen again.
      const failure = error instanceof GuestFailure ? error : new GuestFailure('unusable-answer');
      const pauseMs = policy.pauseAfter(failure);
      if (pauseMs === undefined) {
        stateStore.set({ name: 'failed', reason: failure.reason, refusal: failure.refusal });
        return;
      }
      getToken = () => tokenAfter(failure, pauseMs);
    }
  }
}
