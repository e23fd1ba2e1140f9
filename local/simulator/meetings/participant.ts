/** Somebody in a room or in its lobby. A value: it does not change, the room's next one does. */
export interface Participant {
  /** Of this endpoint in this room: who comes back has it again. */
  readonly id: string;
  readonly displayName: string;
  /** Which guest it is: the `asi` of its token, or the identity of its web ticket. */
  readonly endpoint: string;
  readonly state: 'lobby' | 'connected';
  /** When it joined last. Milliseconds since the epoch, by the simulator's clock. */
  readonly joinedAt: number;
  /** How often this endpoint has joined this room, this time included. */
  readonly joins: number;
}

/** Why a participant is no longer there, against its will. */
export type Removal = 'Denied' | 'Ejected' | 'Ended' | 'Timeout';

/** Where a participant learns what becomes of it: its conversation. */
export interface Seat {
  /** It is in the room, with these others. */
  connected(self: Participant, others: readonly Participant[]): void;
  /** It is in the lobby. */
  waiting(self: Participant): void;
  /** Its place is gone; `Ended` also if the same guest has taken it from another place. */
  removed(reason: Removal): void;
  /** Somebody else came, came back or went; only while connected. */
  othersChanged(change: 'added' | 'updated' | 'deleted', other: Participant): void;
}
