import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { AccessLevel, MeetingBehaviour } from './behaviour.ts';
import { roomId } from './conference.ts';
import type { Participant, Seat } from './participant.ts';

/** What happened in a room. `rejoined`: the same endpoint took its own place again. */
export interface RoomChange {
  readonly type:
    | 'joined'
    | 'rejoined'
    | 'admitted'
    | 'denied'
    | 'timed-out'
    | 'ejected'
    | 'left'
    | 'ended'
    | 'access-level';
  readonly room: Room;
  /** Whom it happened to, as it is now or was at last. */
  readonly participant?: Participant;
}

interface Place {
  participant: Participant;
  seat: Seat;
}

const putOut = { Denied: 'denied', Ejected: 'ejected', Timeout: 'timed-out' } as const;

/** What a room has from the hall. */
export interface RoomSurroundings {
  readonly clock: Clock;
  readonly behaviour: Readonly<MeetingBehaviour>;
  readonly changed: (change: RoomChange) => void;
}

/** One meeting, as its advisor sees it: who is in it, who waits, and what can be done about them. */
export class Room {
  /** For paths: made from the conference URI, without regard to letter case. */
  readonly id: string;
  readonly conferenceUri: string;
  readonly #around: RoomSurroundings;
  /** By endpoint. */
  readonly #places = new Map<string, Place>();
  readonly #seen = new Map<string, { id: string; joins: number }>();
  #accessLevel: AccessLevel;
  #ended = false;

  constructor(conferenceUri: string, accessLevel: AccessLevel, around: RoomSurroundings) {
    this.id = roomId(conferenceUri);
    this.conferenceUri = conferenceUri;
    this.#accessLevel = accessLevel;
    this.#around = around;
  }

  /** Everybody, those in the lobby included, in the order in which their places were taken. */
  get roster(): Participant[] {
    return Array.from(this.#places.values(), ({ participant }) => participant);
  }

  /** Those of the roster who wait. */
  get lobby(): Participant[] {
    return this.roster.filter(({ state }) => state === 'lobby');
  }

  /** An ended meeting is not found by anybody who joins. */
  get ended(): boolean {
    return this.#ended;
  }

  get accessLevel(): AccessLevel {
    return this.#accessLevel;
  }

  /** Decides about guests who come from now on; nobody is let in or put out by it. */
  set accessLevel(level: AccessLevel) {
    this.#accessLevel = level;
    this.#tell('access-level');
  }

  /** A guest comes in, or into the lobby. The same endpoint again replaces itself: it never is there twice. */
  join({ endpoint, displayName }: Pick<Participant, 'endpoint' | 'displayName'>, seat: Seat): Participant {
    const before = this.#places.get(endpoint);
    before?.seat.removed('Ended');
    const { id = randomBytes(6).toString('hex'), joins = 0 } = this.#seen.get(endpoint) ?? {};
    const staysAdmitted = before?.participant.state === 'connected' && !this.#around.behaviour.lobbyOnRejoin;
    const participant: Participant = {
      id,
      displayName,
      endpoint,
      state: this.#accessLevel === 'Everyone' || staysAdmitted ? 'connected' : 'lobby',
      joinedAt: this.#around.clock.now(),
      joins: joins + 1,
    };
    this.#seen.set(endpoint, { id, joins: joins + 1 });
    const place = { participant, seat };
    this.#places.set(endpoint, place);

    const wasConnected = before?.participant.state === 'connected';
    if (participant.state === 'connected') this.#seated(participant, seat, wasConnected ? 'updated' : 'added');
    else {
      if (wasConnected) this.#tellOthers('deleted', participant);
      seat.waiting(participant);
      this.#limitWaiting(place);
    }
    this.#tell(before ? 'rejoined' : 'joined', participant);
    return participant;
  }

  /** A guest goes. Nothing happens if its place has been taken over from that seat, or is gone. */
  leave(endpoint: string, seat: Seat): void {
    const place = this.#places.get(endpoint);
    if (place?.seat === seat) this.#remove(place, 'left');
  }

  /** Lets a guest in from the lobby. @returns whether there is one with this id */
  admit(participantId: string): boolean {
    const place = this.#find(participantId, 'lobby');
    if (!place) return false;
    place.participant = { ...place.participant, state: 'connected' };
    this.#seated(place.participant, place.seat, 'added');
    this.#tell('admitted', place.participant);
    return true;
  }

  /** Turns a guest in the lobby away. @returns whether there is one with this id */
  deny(participantId: string): boolean {
    return this.#putOut(participantId, 'lobby', 'Denied');
  }

  /** Puts a guest out of the room. @returns whether there is one with this id */
  eject(participantId: string): boolean {
    return this.#putOut(participantId, 'connected', 'Ejected');
  }

  /** Ends the meeting for everybody, those in the lobby included. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    const places = [...this.#places.values()];
    this.#places.clear();
    for (const { seat } of places) seat.removed('Ended');
    this.#tell('ended');
  }

  #limitWaiting(place: Place): void {
    const { clock, behaviour } = this.#around;
    if (behaviour.lobbySeconds === undefined) return;
    clock.at(clock.now() + behaviour.lobbySeconds * 1000, () => {
      const { id, endpoint } = place.participant;
      if (this.#places.get(endpoint) === place) this.#putOut(id, 'lobby', 'Timeout');
    });
  }

  #putOut(participantId: string, state: Participant['state'], reason: keyof typeof putOut): boolean {
    const place = this.#find(participantId, state);
    if (!place) return false;
    this.#remove(place, putOut[reason]);
    place.seat.removed(reason);
    return true;
  }

  #find(participantId: string, state: Participant['state']): Place | undefined {
    return [...this.#places.values()].find(
      ({ participant: { id, ...is } }) => id === participantId && is.state === state,
    );
  }

  #seated(self: Participant, seat: Seat, change: 'added' | 'updated'): void {
    const others = this.roster.filter(({ id, state }) => state === 'connected' && id !== self.id);
    seat.connected(self, others);
    this.#tellOthers(change, self);
  }

  #remove({ participant }: Place, type: RoomChange['type']): void {
    this.#places.delete(participant.endpoint);
    if (participant.state === 'connected') this.#tellOthers('deleted', participant);
    this.#tell(type, participant);
  }

  #tellOthers(change: 'added' | 'updated' | 'deleted', subject: Participant): void {
    for (const { participant, seat } of this.#places.values()) {
      if (participant.state === 'connected' && participant.id !== subject.id) seat.othersChanged(change, subject);
    }
  }

  #tell(type: RoomChange['type'], participant?: Participant): void {
    this.#around.changed({ type, room: this, ...(participant && { participant }) });
  }
}
