/** Somebody in a meeting or in its lobby. It is a value: a change makes another one. */
export interface Participant {
  /** Of this endpoint in this meeting: who joins again has the same one. */
  readonly id: string;
  readonly displayName: string;
  /** Which guest it is: the `asi` of its token, or the identity of its web ticket. */
  readonly endpoint: string;
  readonly state: 'lobby' | 'connected';
  /** When it joined last. Milliseconds since the epoch, by the simulator's clock. */
  readonly joinedAt: number;
  /** How often this endpoint has joined this meeting, this time included. */
  readonly joins: number;
}

/** Why a participant is no longer in the meeting, if it did not leave by itself. */
export type Removal = 'Denied' | 'Ejected' | 'Ended' | 'Timeout';

/** Is notified of what happens to a participant: its conversation. */
export interface ParticipantListener {
  /** It is in the meeting, with these others. */
  connected(self: Participant, others: readonly Participant[]): void;
  /** It waits in the lobby. */
  inLobby(self: Participant): void;
  /** It was removed; `Ended` also if the same guest has joined again through another listener. */
  removed(reason: Removal): void;
  /** Somebody else joined, joined again or left; only while connected. */
  othersChanged(change: 'added' | 'updated' | 'deleted', other: Participant): void;
}
