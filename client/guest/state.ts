import type { GuestReason, Refusal } from './failure.ts';

/** Why and until when, ms since 1970, a request waits to be sent again. */
export interface Waiting {
  readonly reason: GuestReason;
  readonly until: number;
}

/** The steps on the way into the meeting. */
export type JoinStep = 'discovering' | 'creating-application' | 'connecting';

/** Where a guest is, with what belongs to that state. */
export type GuestState =
  | {
      readonly name: JoinStep;
      /** While a request waits to be sent again. */
      readonly waiting?: Waiting | undefined;
    }
  /** Somebody in the meeting has to let the guest in. */
  | { readonly name: 'lobby' }
  /** The platform has confirmed it: the guest is on the roster. */
  | {
      readonly name: 'joined';
      /** False: the platform has lost the first identity, and treats this guest as another participant. */
      readonly identityPreserved: boolean;
    }
  /** The join or the connection failed; the guest asks for a rejoin token and comes back as the same participant. */
  | {
      readonly name: 'reconnecting';
      readonly step: 'asking-for-token' | JoinStep;
      /** 1 at the first time since the guest was last in the meeting or its lobby for a while. */
      readonly attempt: number;
      /** Why it has to reconnect. */
      readonly reason: GuestReason;
      readonly refusal: Refusal;
      readonly waiting?: Waiting | undefined;
    }
  /** The guest has left by itself. */
  | { readonly name: 'left' }
  /** It is over, and another try would end in the same way. */
  | { readonly name: 'failed'; readonly reason: GuestReason; readonly refusal: Refusal };

/** The state of a guest that reconnects. */
export type Reconnecting = Extract<GuestState, { name: 'reconnecting' }>;

/** What a user interface shows: the state's name, or the step of a guest that reconnects. */
export type GuestStep = Exclude<GuestState['name'], 'reconnecting'> | Reconnecting['step'];

/** A state and when it began. */
export interface GuestChange {
  readonly state: GuestState;
  readonly step: GuestStep;
  /** Milliseconds since 1970, by the session's clock. */
  readonly at: number;
}
