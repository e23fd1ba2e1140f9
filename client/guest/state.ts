import type { GuestReason } from './reason.ts';

/** What a state waits for, if a request has to be sent again: until when, ms since 1970, and why. */
export interface Waiting {
  readonly reason: GuestReason;
  readonly until: number;
}

/** What can be logged of a refusal. It has no names, tokens or URLs, save what a server puts into `debugInfo`. */
export interface Refusal {
  /** The HTTP status; undefined if it was told by an event, or if there was no answer. */
  readonly status?: number | undefined;
  /** UCWA's words (docs/protocol/ucwa.md §3.6), which may be of any kind; or the code of the service's problem. */
  readonly code?: string | undefined;
  readonly subcode?: string | undefined;
  /** For the log of whoever runs the platform; never to be decided by. */
  readonly debugInfo?: unknown;
}

/** What is done on the way into the meeting. */
export type JoinStep = 'discovering' | 'creating-application' | 'connecting';

interface OnTheWay {
  /** While a request waits to be sent again. */
  readonly waiting?: Waiting | undefined;
}

interface Discovering extends OnTheWay {
  readonly name: 'discovering';
}

interface CreatingApplication extends OnTheWay {
  readonly name: 'creating-application';
}

interface Connecting extends OnTheWay {
  readonly name: 'connecting';
}

/** Somebody in the meeting has to let the guest in. */
interface Lobby {
  readonly name: 'lobby';
}

/** The meeting has said so: the guest is on its roster. */
interface Joined {
  readonly name: 'joined';
  /** False: the platform has lost the first identity, and takes this guest for another participant. */
  readonly identityPreserved: boolean;
}

/** The way in, or the connection, was lost; the guest asks for a rejoin token and comes back as itself. */
interface Reconnecting extends OnTheWay {
  readonly name: 'reconnecting';
  readonly step: 'asking-for-token' | JoinStep;
  /** 1 at the first time since the guest was last in the meeting or its lobby for a while. */
  readonly attempt: number;
  /** What was lost, and how. */
  readonly reason: GuestReason;
  readonly refusal: Refusal;
}

/** The guest has left by itself. */
interface Left {
  readonly name: 'left';
}

/** It is over, and another try would end in the same way. */
interface Failed {
  readonly name: 'failed';
  readonly reason: GuestReason;
  readonly refusal: Refusal;
}

/** Where a guest is, with what belongs to it. */
export type GuestState = Discovering | CreatingApplication | Connecting | Lobby | Joined | Reconnecting | Left | Failed;

/** What a user interface shows: of a guest that reconnects, what is done for it at the moment. */
export type GuestStep = Exclude<GuestState['name'], 'reconnecting'> | Reconnecting['step'];

/** A state and when it was reached. */
export interface GuestChange {
  readonly state: GuestState;
  readonly step: GuestStep;
  /** Milliseconds since 1970, by the session's clock. */
  readonly at: number;
}

/** Why a guest is not in the meeting, or waits. */
export function reasonOf(state: GuestState): GuestReason | undefined {
  if ('reason' in state) return state.reason;
  return 'waiting' in state ? state.waiting?.reason : undefined;
}

/** Whether nothing comes after it. */
export function isOver({ name }: GuestState): boolean {
  return name === 'left' || name === 'failed';
}

/** The same state with what it waits for, or with nothing; one in which nothing is done stays as it is. */
export function waitingIn(state: GuestState, waiting: Waiting | undefined): GuestState {
  switch (state.name) {
    case 'discovering':
    case 'creating-application':
    case 'connecting':
    case 'reconnecting':
      return { ...state, waiting };
    default:
      return state;
  }
}
