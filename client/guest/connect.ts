import { untilAborted, type Clock } from '../clock.ts';
import { createApplication, type GuestDetails } from './application.ts';
import { discover } from './discovery.ts';
import { openEventChannel } from './eventChannel.ts';
import { Joining } from './joining.ts';
import type { GuestToken } from './guestToken.ts';
import type { JoinStep } from './state.ts';
import type { PlatformHttp } from './platformHttp.ts';

/** How far a guest has come. */
export interface Progress {
  readonly onStep: (step: JoinStep) => void;
  /** There is an application that is to be removed in the end. */
  readonly onApplication: (url: string) => void;
  readonly onLobby: () => void;
  readonly onJoined: () => void;
  /** The conversation was closed while the guest was away; it joins again. */
  readonly onAway: () => void;
}

interface ConnectOptions {
  readonly guestToken: GuestToken;
  readonly details: GuestDetails;
  readonly http: PlatformHttp;
  /** The newest token for the application. */
  readonly token: () => string;
  readonly clock: Clock;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Takes a guest into the meeting with one application, and follows what happens there. It never resolves: it rejects with the
 * {@link GuestFailure} that ended it, or with the signal's reason.
 */
export async function connect({
  guestToken,
  details,
  http,
  token,
  clock,
  progress,
  signal,
}: ConnectOptions): Promise<never> {
  progress.onStep('discovering');
  const discovery = await discover(guestToken, http, signal);
  progress.onStep('creating-application');
  const application = await createApplication(discovery, details, http, token, signal);
  const { resolve } = application;
  progress.onApplication(application.url);
  progress.onStep('connecting');

  // Whatever ends it first, the channel or the join, ends the other too.
  const over = new AbortController();
  const end = (reason: unknown): void => {
    over.abort(reason);
  };
  const leave = (): void => {
    end(signal.reason);
  };
  signal.addEventListener('abort', leave);

  const join = (past?: string): Joining => {
    const { onLobby, onJoined } = progress;
    const joining = new Joining({
      post: (body) => {
        const request = { operation: 'join', method: 'POST', url: application.joinUrl, token, body } as const;
        return http.send(request, over.signal);
      },
      onlineMeetingUri: discovery.conferenceUri,
      displayName: details.displayName,
      onFailure: end,
      ...{ resolve, clock, onLobby, onJoined, past },
    });
    void joining.begin();
    return joining;
  };
  const poll = async (href: string): Promise<unknown> => {
    const { resource } = await http.send(
      { operation: 'events', method: 'GET', url: resolve(href), token },
      over.signal,
    );
    return resource;
  };

  // Before the join, so that nothing of it is missed.
  const channel = openEventChannel(application.eventsUrl, poll);
  let joining = join();
  try {
    for await (const { events, resumed } of channel) {
      for (const event of events) joining.take(event);
      if (!resumed) continue;
      progress.onAway();
      joining.end();
      joining = join(joining.conversation);
    }
    return await untilAborted(new Promise<never>(() => undefined), over.signal);
  } finally {
    joining.end();
    signal.removeEventListener('abort', leave);
    end(undefined);
  }
}
