import { untilAborted, type Clock } from '../clock.ts';
import { createApplication, type GuestDetails } from './application.ts';
import { discover } from './discovery.ts';
import { openEventChannel } from './eventChannel.ts';
import type { GuestToken } from './guestToken.ts';
import { Joining } from './joining.ts';
import type { PlatformHttp } from './platformHttp.ts';
import type { JoinStep } from './state.ts';

/** Called as the guest gets on. */
export interface Progress {
  readonly onStep: (step: JoinStep) => void;
  /** The guest has an application, which has to be removed in the end. */
  readonly onApplication: (url: string) => void;
  readonly onLobby: () => void;
  readonly onJoined: () => void;
  /** The platform closed the conversation while the guest was away; it joins again. */
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
 * Takes a guest into the meeting with one application and follows its events. It never resolves: it rejects with the
 * {@link GuestFailure} that ended the connection, or with the signal's reason.
 */
export async function connect(options: ConnectOptions): Promise<never> {
  const { guestToken, details, http, token, clock, progress, signal } = options;
  progress.onStep('discovering');
  const discovery = await discover(guestToken, http, signal);
  progress.onStep('creating-application');
  const application = await createApplication(discovery, details, async (url, body) => {
    const request = { operation: 'applications', method: 'POST', url, token, body } as const;
    return (await http.send(request, signal)).resource;
  });
  const { resolve } = application;
  progress.onApplication(application.url);
  progress.onStep('connecting');

  // The event channel ends when the join fails, and the join when the channel does.
  const over = new AbortController();
  const end = (reason?: unknown): void => {
    over.abort(reason);
  };
  const leave = (): void => {
    end(signal.reason);
  };
  signal.addEventListener('abort', leave, { signal: over.signal });

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
    const request = { operation: 'events', method: 'GET', url: resolve(href), token } as const;
    return (await http.send(request, over.signal)).resource;
  };

  // The channel opens before the join, so that it misses no event of it.
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
    end();
  }
}
