import type { JoinRequest } from './joinRequest.ts';
import type { Participant } from './participant.ts';

/** What can be told of one join and what came of it: an invitation, and the conversation that it led to (§3.3). */
export interface Stay {
  /** The path of the conversation. */
  readonly self: string;
  /** The path of the invitation. */
  readonly invitation: string;
  readonly conferenceUri: string;
  /** Whose it is. */
  readonly endpoint: string;
  readonly request: JoinRequest;
  /** The state of the invitation. */
  readonly outcome: 'Connecting' | 'Connected' | 'Failed';
  /** The state of the conversation. */
  readonly state: 'Connecting' | 'InLobby' | 'Conferenced' | 'Disconnected';
  /** Those in the room, as far as this guest may see them: nobody while it is not there itself. */
  readonly participants: readonly Participant[];
  /** Leaves by the guest's own will. */
  close(): void;
}
