import { hasShape } from '../../../client/shape.ts';
import type { Participant } from '../../simulator/meetings/participant.ts';

/** A meeting in progress, as the simulator's control API tells it. */
export interface Room {
  readonly id: string;
  readonly ended: boolean;
  readonly roster: readonly Participant[];
}

/** What an advisor decides about one guest. */
export type Decision = 'admit' | 'deny' | 'eject';

const participant = { id: 'string', displayName: 'string', state: 'string', joins: 'number' } as const;
const shape = { id: 'string', ended: 'boolean', roster: [participant] } as const;

/** Opens the room of a meeting that nobody has entered yet. */
export function openRoom(conferenceUri: string): Promise<Room> {
  return ask('POST', '', { conferenceUri });
}

/** The room as it is now. */
export function lookInto({ id }: Room): Promise<Room> {
  return ask('GET', `/${id}`);
}

/** Does something about one guest. Rejects if the guest is not there any more. */
export function decide({ id }: Room, decision: Decision, participantId: string): Promise<Room> {
  return ask('POST', `/${id}/${decision}`, { participantId });
}

/** Ends the meeting for everybody. */
export function endMeeting({ id }: Room): Promise<Room> {
  return ask('POST', `/${id}/end`, {});
}

async function ask(method: string, path: string, body?: unknown): Promise<Room> {
  const response = await fetch(`/control/meetings${path}`, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  if (!response.ok || !isRoom(answer)) throw new Error(`the control API answered ${response.status}`);
  return answer;
}

function isRoom(answer: unknown): answer is Room {
  return hasShape(answer, shape);
}
