import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { AccessLevel } from '../upstreams/platform/behaviour.ts';
import type { MeetingBehaviour } from './behaviour.ts';
import type { Participant, ParticipantListener, Removal } from './participant.ts';

/** What happened in a meeting. `rejoined`: an endpoint that was in the meeting joined again. */
export interface MeetingChange {
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
  readonly meeting: Meeting;
  /** Whom it happened to, in the present state or in the last one. */
  readonly participant?: Participant;
}

/** What all meetings share. */
interface MeetingContext {
  readonly clock: Clock;
  readonly behaviour: Readonly<MeetingBehaviour>;
  readonly changed: (change: MeetingChange) => void;
}

interface Entry {
  participant: Participant;
  listener: ParticipantListener;
}

const removalChanges = { Denied: 'denied', Ejected: 'ejected', Timeout: 'timed-out' } as const;

/** Names a meeting in paths, whatever letter case its conference is spelt in. */
export function meetingId(conferenceUri: string): string {
  return createHash('sha256').update(conferenceUri.toLowerCase()).digest('hex').slice(0, 16);
}

/** A meeting in progress: its roster, its lobby, and what an advisor can do about them. */
export class Meeting {
  /** For paths; see {@link meetingId}. */
  readonly id: string;
  readonly conferenceUri: string;
  readonly #context: MeetingContext;
  /** The roster, by endpoint. */
  readonly #entries = new Map<string, Entry>();
  /** Everybody who has ever joined, by endpoint. */
  readonly #known = new Map<string, { id: string; joins: number }>();
  #accessLevel: AccessLevel;
  #ended = false;

  constructor(conferenceUri: string, accessLevel: AccessLevel, context: MeetingContext) {
    this.id = meetingId(conferenceUri);
    this.conferenceUri = conferenceUri;
    this.#accessLevel = accessLevel;
    this.#context = context;
  }

  /** All participants, those in the lobby included, in the order in which they first joined. */
  get roster(): Participant[] {
    return Array.from(this.#entries.values(), ({ participant }) => participant);
  }

  /** The participants in the lobby. */
  get lobby(): Participant[] {
    return this.roster.filter(({ state }) => state === 'lobby');
  }

  /** Nobody can join a meeting that has ended. */
  get ended(): boolean {
    return this.#ended;
  }

  get accessLevel(): AccessLevel {
    return this.#accessLevel;
  }

  /** Holds for guests who join from now on; it neither admits nor removes anybody. */
  set accessLevel(level: AccessLevel) {
    this.#accessLevel = level;
    this.#changed('access-level');
  }

  /** A guest joins the meeting or its lobby. The same endpoint again replaces itself: it is in the roster once. */
  join(
    { endpoint, displayName }: Pick<Participant, 'endpoint' | 'displayName'>,
    listener: ParticipantListener,
  ): Participant {
    const before = this.#entries.get(endpoint);
    before?.listener.removed('Ended');
    const { id = randomBytes(6).toString('hex'), joins = 0 } = this.#known.get(endpoint) ?? {};
    const wasConnected = before?.participant.state === 'connected';
    const staysAdmitted = wasConnected && !this.#context.behaviour.lobbyOnRejoin;
    const participant: Participant = {
      id,
      displayName,
      endpoint,
      state: this.#accessLevel === 'Everyone' || staysAdmitted ? 'connected' : 'lobby',
      joinedAt: this.#context.clock.now(),
      joins: joins + 1,
    };
    this.#known.set(endpoint, { id, joins: joins + 1 });
    const entry = { participant, listener };
    this.#entries.set(endpoint, entry);

    if (participant.state === 'connected') this.#connect(entry, wasConnected ? 'updated' : 'added');
    else {
      if (wasConnected) this.#notifyOthers('deleted', participant);
      listener.inLobby(participant);
      this.#limitWaiting(entry);
    }
    this.#changed(before ? 'rejoined' : 'joined', participant);
    return participant;
  }

  /** A guest leaves. Nothing happens if the guest has joined again since with another listener, or is not there. */
  leave(endpoint: string, listener: ParticipantListener): void {
    const entry = this.#entries.get(endpoint);
    if (entry?.listener === listener) this.#remove(entry, 'left');
  }

  /** Lets a guest in from the lobby. @returns whether there is one with this id */
  admit(participantId: string): boolean {
    const entry = this.#find(participantId, 'lobby');
    if (!entry) return false;
    entry.participant = { ...entry.participant, state: 'connected' };
    this.#connect(entry, 'added');
    this.#changed('admitted', entry.participant);
    return true;
  }

  /** Refuses a guest in the lobby. @returns whether there is one with this id */
  deny(participantId: string): boolean {
    return this.#removeFrom('lobby', participantId, 'Denied');
  }

  /** Removes a guest from the meeting. @returns whether there is one with this id */
  eject(participantId: string): boolean {
    return this.#removeFrom('connected', participantId, 'Ejected');
  }

  /** Ends the meeting for everybody, those in the lobby included. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    for (const { listener } of entries) listener.removed('Ended');
    this.#changed('ended');
  }

  #limitWaiting(entry: Entry): void {
    const { clock, behaviour } = this.#context;
    if (behaviour.lobbySeconds === undefined) return;
    clock.at(clock.now() + behaviour.lobbySeconds * 1000, () => {
      const { id, endpoint } = entry.participant;
      if (this.#entries.get(endpoint) === entry) this.#removeFrom('lobby', id, 'Timeout');
    });
  }

  #removeFrom(state: Participant['state'], participantId: string, reason: Exclude<Removal, 'Ended'>): boolean {
    const entry = this.#find(participantId, state);
    if (!entry) return false;
    this.#remove(entry, removalChanges[reason]);
    entry.listener.removed(reason);
    return true;
  }

  #find(participantId: string, state: Participant['state']): Entry | undefined {
    return [...this.#entries.values()].find(
      ({ participant: { id, ...is } }) => id === participantId && is.state === state,
    );
  }

  #connect({ participant, listener }: Entry, change: 'added' | 'updated'): void {
    const others = this.roster.filter(({ id, state }) => state === 'connected' && id !== participant.id);
    listener.connected(participant, others);
    this.#notifyOthers(change, participant);
  }

  #remove({ participant }: Entry, type: MeetingChange['type']): void {
    this.#entries.delete(participant.endpoint);
    if (participant.state === 'connected') this.#notifyOthers('deleted', participant);
    this.#changed(type, participant);
  }

  #notifyOthers(change: 'added' | 'updated' | 'deleted', subject: Participant): void {
    for (const { participant, listener } of this.#entries.values()) {
      if (participant.state === 'connected' && participant.id !== subject.id) listener.othersChanged(change, subject);
    }
  }

  #changed(type: MeetingChange['type'], participant?: Participant): void {
    this.#context.changed({ type, meeting: this, ...(participant && { participant }) });
  }
}
